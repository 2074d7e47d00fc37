/** Encodings of text files, as their readers and writers know them. */
export const encodings = {
  'utf-8': 'UTF-8',
  'utf-8-bom': 'UTF-8 with a byte order mark',
  'utf-16le': 'UTF-16, little endian',
  'utf-16be': 'UTF-16, big endian',
  'windows-1252': 'Windows-1252 (Latin 1)',
  'iso-8859-15': 'ISO 8859-15 (Latin 9)',
  'windows-1250': 'Windows-1250 (Central Europe)',
  'windows-1251': 'Windows-1251 (Cyrillic)',
  'windows-1253': 'Windows-1253 (Greek)',
  'windows-1254': 'Windows-1254 (Turkish)',
} as const;
export type Encoding = keyof typeof encodings;
export const encodingNames = Object.keys(encodings) as [Encoding, ...Encoding[]];
export const encodingChoices = encodingNames.map((value) => ({ value, label: encodings[value] }));

/** Those that can hold every character. */
export const holdsAll = (encoding: Encoding): boolean => encoding.startsWith('utf-');

/** The name by which the platform's decoder knows it. A byte order mark is dropped by it, where there is one. */
export const decoderName = (encoding: Encoding): string => (encoding === 'utf-8-bom' ? 'utf-8' : encoding);
