/** Which column is meant for which remote field, by names and labels that differ only in how they are written. */
import { foldText } from '../../../../contract/types.ts';

interface Named {
  name: string;
  label: string;
}

export interface NameMatches {
  matched: { column: string; field: string }[];
  /** Columns that could mean several fields, or share one with another column: a person decides. */
  ambiguous: string[];
}

/** Case, the encoding of accents, spaces, "_", "-" and the ending of custom fields do not count: "E-Mail" and "e_mail__c" are the same. */
function plainName(name: string): string {
  return foldText(name)
    .replace(/__c$/, '')
    .replace(/[\s_-]+/g, '');
}

/** The surest first: what one of them takes is not there for the next. */
const readings: ((named: Named) => string[])[] = [
  ({ name }) => [name],
  ({ name }) => [plainName(name)],
  ({ name, label }) => [plainName(name), plainName(label)],
];

/** Pairs only what is without doubt: one column and one field that mean nobody but each other. */
export function matchNames(columns: readonly Named[], fields: readonly Named[]): NameMatches {
  const matched: NameMatches['matched'] = [];
  let open = { columns: [...columns], fields: [...fields] };
  let doubtful = new Set<string>();
  for (const read of readings) {
    const pairs = pairsOf(open.columns, open.fields, read);
    const sure = pairs.filter(({ column, field }) => isAlone(pairs, column, field));
    const taken = new Set<Named>(sure.flatMap(({ column, field }) => [column, field]));
    matched.push(...sure.map(({ column, field }) => ({ column: column.name, field: field.name })));
    open = {
      columns: open.columns.filter((one) => !taken.has(one)),
      fields: open.fields.filter((one) => !taken.has(one)),
    };
    doubtful = new Set(
      pairs.filter(({ column, field }) => !taken.has(column) && !taken.has(field)).map(({ column }) => column.name),
    );
  }
  return { matched, ambiguous: [...doubtful] };
}

interface Pair {
  column: Named;
  field: Named;
}

function pairsOf(columns: readonly Named[], fields: readonly Named[], read: (named: Named) => string[]): Pair[] {
  const byText = new Map<string, Set<Named>>();
  for (const field of fields)
    for (const text of textsOf(field, read)) byText.set(text, (byText.get(text) ?? new Set()).add(field));
  return columns.flatMap((column) => {
    const found = new Set(textsOf(column, read).flatMap((text) => [...(byText.get(text) ?? [])]));
    return [...found].map((field) => ({ column, field }));
  });
}

const textsOf = (named: Named, read: (named: Named) => string[]): string[] => read(named).filter((text) => text !== '');

const isAlone = (pairs: readonly Pair[], column: Named, field: Named): boolean =>
  pairs.every((pair) => (pair.column === column) === (pair.field === field));
