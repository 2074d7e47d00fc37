import { guidOf } from '../store/guid.ts';

/** The id of a piece of metadata: the same in every organisation. */
export const metadataId = (what: string): string => guidOf(0, 'metadata', hash(what));

function hash(text: string): number {
  let sum = 7;
  for (const sign of text) sum = (Math.imul(sum, 31) + (sign.codePointAt(0) ?? 0)) >>> 0;
  return sum;
}

/** A label as metadata has it; the organisation speaks one language. */
export function label(text: string): Record<string, unknown> {
  const one = {
    Label: text,
    LanguageCode: 1033,
    IsManaged: false,
    MetadataId: metadataId(`label ${text}`),
    HasChanged: null,
  };
  return { LocalizedLabels: [one], UserLocalizedLabel: one };
}

export const managed = (value: boolean, name: string): Record<string, unknown> => ({
  Value: value,
  CanBeChanged: false,
  ManagedPropertyLogicalName: name,
});
