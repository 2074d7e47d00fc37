import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const folder = dirname(createRequire(import.meta.url).resolve('date-fns'));

/** Functions that live in another's file. */
const elsewhere = {
  formatDate: 'format.cjs',
  formatters: 'format.cjs',
  longFormatters: 'format.cjs',
  lightFormatters: 'lightFormat.cjs',
  parsers: 'parse.cjs',
};

const notFunctions = ['constants.cjs', 'fp.cjs', 'index.cjs', 'locale.cjs', 'types.cjs'];

let list: string | undefined;
const sources = new Map<string, string>();

/** JSON text: file by name of what date-fns exports. */
export function dateFnsList(): string {
  if (list === undefined) {
    const files = readdirSync(folder).filter((file) => file.endsWith('.cjs') && !notFunctions.includes(file));
    list = JSON.stringify({ ...Object.fromEntries(files.map((file) => [file.slice(0, -4), file])), ...elsewhere });
  }
  return list;
}

/** JSON text: the source of one of its files without the long comments. Throws on any other path. */
export function dateFnsSource(file: string): string {
  if (!/^([\w-]+\/)*[\w-]+\.cjs$/.test(file)) throw new Error(`"${file}" is no file of date-fns.`);
  let source = sources.get(file);
  if (source === undefined) {
    source = JSON.stringify(readFileSync(join(folder, file), 'utf8').replace(/^\/\*\*[\s\S]*?\*\//gm, ''));
    sources.set(file, source);
  }
  return source;
}
