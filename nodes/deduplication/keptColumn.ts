import type { Column } from '../../contract/types.ts';

/** How the added column is called: `kept_Id`, or with more underscores where a column of the input has that name. */
export function keptColumnOf(columns: readonly Column[], name: string): Column | null {
  const source = columns.find((one) => one.name === name);
  if (!source) return null;
  let own = `kept_${name}`;
  while (columns.some((one) => one.name === own)) own = `kept_${own}`;
  return {
    name: own,
    label: `${source.label} of the kept record`,
    type: source.type,
    personal: source.personal ?? false,
  };
}
