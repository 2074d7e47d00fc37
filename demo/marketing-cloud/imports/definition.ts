export type UpdateType = 'AddAndUpdate' | 'AddAndDoNotUpdate' | 'UpdateButDoNotAdd' | 'Overwrite';

export const UPDATE_TYPES: readonly UpdateType[] = [
  'AddAndUpdate',
  'AddAndDoNotUpdate',
  'UpdateButDoNotAdd',
  'Overwrite',
];

export type MappingType = 'InferFromColumnHeadings' | 'ManualMap' | 'MapByOrdinal';

export const MAPPING_TYPES: readonly MappingType[] = ['InferFromColumnHeadings', 'ManualMap', 'MapByOrdinal'];

/** What is done with a file without rows. */
export type BlankFile = 'Fail' | 'Process' | 'Skip';

export const BLANK_FILES: readonly BlankFile[] = ['Fail', 'Process', 'Skip'];

/** How files of a place are imported into a data extension. */
export interface ImportDefinition {
  objectId: string;
  accountId: number;
  customerKey: string;
  name: string;
  description: string;
  /** The data extension's id. */
  destinationId: string;
  locationId: string;
  /** The file's name, or a pattern with `%%Year%%` and the like. */
  fileSpec: string;
  fileType: 'CSV' | 'TAB' | 'Other';
  delimiter: string;
  hasHeader: boolean;
  mappingType: MappingType;
  /** Name or number (from 1) of a column of the file, and the column it goes to. */
  mappings: { source: string; destination: string }[];
  updateType: UpdateType;
  /** Whether good rows are imported when others are not. */
  allowErrors: boolean;
  blankFile: BlankFile;
  deleteFile: boolean;
  /** Locale in which dates are read. */
  dateLocale: string;
  created: number;
  modified: number;
}

/** The file's name at an instant of the servers' clock. */
export function fileNameAt({ fileSpec }: ImportDefinition, serverTime: string): string {
  const [, year, month, day, hour, minute, second] = /^(\d+)-(\d+)-(\d+)T(\d+):(\d+):(\d+)/.exec(serverTime)!;
  const parts: Record<string, string> = {
    year: year!,
    month: month!,
    day: day!,
    hour: hour!,
    minute: minute!,
    second: second!,
  };
  return fileSpec.replace(/%%(\w+)%%/g, (whole, name: string) => parts[name.toLowerCase()] ?? whole);
}
