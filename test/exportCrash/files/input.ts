/** The rows that a data extension has before a case, the rows that arrive, and what each of them asks for. */
import type { DataExtensionConfig } from '../../../nodes/data-extension/config.ts';
import { defaults } from '../../../nodes/data-extension/config.ts';
import type { FileCase } from './draw.ts';
import type { CloudRemote } from './remote.ts';
import { extensionKey, folder } from './remote.ts';

export const columns = ['row', 'key', 'email', 'score', 'note'] as const;

/** A row as the data extension has it. */
export interface Held {
  ContactKey: string;
  Email: string;
  Score: string;
  Note: string;
}

/** By the form of their keys in which two of them are one. */
export type Extension = Map<string, Held>;

export const formOf = (key: string): string => key.trimEnd().toLowerCase();

const besideCount = 40;

/** Only what is there before may stay of cases before. */
export async function makeExtension({ cloud }: CloudRemote, name: string, { rows }: FileCase): Promise<Extension> {
  const make = (key: string, index: number): Held => ({
    ContactKey: key,
    Email: `old${index}@mail.example`,
    Score: String(index),
    Note: `kept ${index}`,
  });
  const there = Array.from({ length: Math.floor(rows / 2) }, (_, index) => make(keyOf(name, index * 2), index));
  const beside = Array.from({ length: besideCount }, (_, index) => make(`beside ${name} ${index}`, index));
  await cloud.control('rows', { key: extensionKey, clear: true, upsert: [...there, ...beside] });
  return readExtension({ cloud });
}

export async function readExtension({ cloud }: Pick<CloudRemote, 'cloud'>): Promise<Extension> {
  const rows = (await cloud.rows(extensionKey)) as unknown as Held[];
  return new Map(rows.map((row) => [formOf(row.ContactKey), row]));
}

const keyOf = (name: string, index: number): string => `${name} ${String(index).padStart(6, '0')}`;

/** What becomes of a row that nothing keeps from it: it is written, or the code by which it is rejected. */
export type Expected = 'written' | 'NO_MATCH' | 'DUPLICATE_KEY' | 'NOT_IMPORTED' | 'VALUE_REFUSED';

export interface ArrivingRow {
  cells: (string | null)[];
  /** What the data extension holds once it is written. */
  wanted: Held;
  expected: Expected;
}

/** `round` 1 changes some rows of round 0, and has no key twice. */
export function makeRows(name: string, file: FileCase, before: Extension, round: number): ArrivingRow[] {
  return Array.from({ length: file.rows }, (_, index): ArrivingRow => {
    const twin = round === 0 && index % 83 === 41;
    const key = twin ? keyOf(name, index - 1).toUpperCase() : keyOf(name, index);
    const isBad = index % 50 === 17;
    const email = isBad ? `nowhere ${index}` : `new${index}@mail.example`;
    const score = String(index + (index % 5 === 0 ? round : 0));
    const note = file.wide ? `${index}, "${'x'.repeat(500)}"` : null;
    const there = before.get(formOf(key));
    const wanted = {
      ContactKey: there?.ContactKey ?? key,
      Email: email,
      Score: score,
      Note: note ?? there?.Note ?? '',
    };
    const expected = twin ? 'DUPLICATE_KEY' : expectedOf(file, there !== undefined, isBad);
    return { cells: [String(index), key, email, score, note], wanted, expected };
  });
}

/** A file tells less: what is in it has been sent, and without an import nobody looks. */
function expectedOf({ mode, way, start }: FileCase, isThere: boolean, isBad: boolean): Expected {
  if (!start) return 'written';
  if (mode === 'update' && !isThere) return 'NO_MATCH';
  if (!isBad) return 'written';
  return way === 'rest' ? 'VALUE_REFUSED' : 'NOT_IMPORTED';
}

/** The rows that are sent, be it in vain. */
export const isSent = ({ expected }: ArrivingRow): boolean => expected !== 'DUPLICATE_KEY';

/** The file that carries them. */
export function textOf({ wide }: FileCase, rows: readonly ArrivingRow[]): string {
  const quoted = (cells: readonly (string | null)[]): string =>
    `${cells.map((cell) => `"${String(cell).replaceAll('"', '""')}"`).join(',')}\r\n`;
  const names = ['ContactKey', 'Email', 'Score', ...(wide ? ['Note'] : [])];
  return [names, ...rows.map(({ cells }) => cells.slice(1, wide ? 5 : 4))].map(quoted).join('');
}

export function settingsOf({ servers }: CloudRemote, { way, mode, wide, draft, start }: FileCase): DataExtensionConfig {
  const server = way === 'rest' ? undefined : servers[way];
  const line = (column: string, attribute: string) => ({ column, attribute });
  return {
    ...defaults,
    ...{ connection: 'cloud', extension: extensionKey, mode, draft, start, folder },
    key: [line('key', 'ContactKey')],
    attributes: [line('email', 'Email'), line('score', 'Score'), ...(wide ? [line('note', 'Note')] : [])],
    ...(server ? { delivery: 'file', files: server.name, location: server.location } : {}),
  };
}
