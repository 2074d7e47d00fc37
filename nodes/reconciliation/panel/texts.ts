/** Texts of this panel, in one place. */
export const texts = {
  keys: 'The same when these are equal',
  keysHint: 'All of them must be equal. A record with an empty key is unmatched.',
  key: (index: number) => `Key ${index + 1}`,
  addKey: 'Add a key',
  removeKey: (index: number) => `Remove key ${index + 1}`,
  own: 'Column of the population',
  other: 'Column it is compared with',
  compare: 'Compare',
  take: 'Columns of the match',
  takeHint: 'They stand behind the columns of each matched record.',
  addTaken: 'Add column of the match',
  addColumns: 'Add columns …',
  as: (name: string) => `Name of ${name}`,
  removeTaken: (name: string) => `Remove ${name}`,
} as const;
