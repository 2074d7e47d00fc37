/** The parts of the README that are made from the code, between their marks. */
import { readFileSync } from 'node:fs';
import { errorTable } from '../../contract/errors.ts';
import { renderConfigTable } from '../../server/config.ts';

export const readmePath = new URL('../../README.md', import.meta.url);
export const readReadme = (): string => readFileSync(readmePath, 'utf8');

const sections: Record<string, () => string> = { config: renderConfigTable, errors: renderErrorTable };

function renderErrorTable(): string {
  const cell = (text: string): string => text.replaceAll('|', '\\|').replace(/\{(\w+)\}/g, '‹$1›');
  const rows = Object.entries(errorTable).map(
    ([code, entry]) => `| \`${code}\` | ${cell(entry.message)} | ${cell(entry.action)} |`,
  );
  return ['| code | what it says | what to do |', '|---|---|---|', ...rows].join('\n');
}

/** The README with its made parts as the code has them now. */
export function renewReadme(text: string): string {
  return Object.entries(sections).reduce((whole, [name, render]) => {
    const pattern = new RegExp(`(<!-- ${name}:begin -->\\n)[\\s\\S]*?(\\n?<!-- ${name}:end -->)`);
    if (!pattern.test(whole)) throw new Error(`The README has no section ${name}.`);
    return whole.replace(pattern, (_, begin: string) => `${begin}${render().trim()}\n<!-- ${name}:end -->`);
  }, text);
}
