/** `npm run docs`: writes the tables of the README that are made from the code. */
import { writeFileSync } from 'node:fs';
import { readmePath, readReadme, renewReadme } from './sections.ts';

writeFileSync(readmePath, renewReadme(readReadme()));
