import { createReadStream } from 'node:fs';
import { rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { RowError } from '../errors.ts';
import type { DataExtension, WriteMode } from '../extensions/extension.ts';
import { keyText } from '../extensions/values.ts';
import type { WorkFault } from '../faultKinds.ts';
import type { Host } from '../host.ts';
import { readRecords } from './csv.ts';
import { fileNameAt, type ImportDefinition, type UpdateType } from './definition.ts';
import { ImportError } from './importError.ts';
import type { Totals } from './totals.ts';

const MODES: Record<UpdateType, WriteMode> = {
  AddAndUpdate: 'upsert',
  AddAndDoNotUpdate: 'add',
  UpdateButDoNotAdd: 'update',
  Overwrite: 'add',
};

type Cells = Record<string, unknown>;

/** Takes the file of a definition and writes its rows; counts in `totals`. Throws ImportError when it fails as a whole. */
export async function importFile(
  org: Host,
  definition: ImportDefinition,
  totals: Totals,
  fault: WorkFault,
): Promise<void> {
  const extension = org.byId(definition.accountId, definition.destinationId);
  if (extension === undefined) throw new ImportError('DestinationNotFound');
  const path = await findFile(org, definition);
  // All rows are read before the first is written: a file that cannot be read to its end changes nothing.
  const rows = await readRows(path, definition, extension);
  if (rows.length === 0 && definition.blankFile === 'Fail') throw new ImportError('EmptySource');
  if (rows.length === 0 && definition.blankFile === 'Skip') return;
  totals.rows = rows.length;
  if (!definition.allowErrors) checkAll(extension, rows, definition.updateType);
  if (definition.updateType === 'Overwrite') extension.clear();
  writeAll(org, extension, rows, { definition, totals, fault });
  if (fault.error !== null) throw new ImportError(fault.error);
  if (definition.deleteFile) await rm(path);
}

/** Only what lies below `Import` can be imported from Enhanced FTP. */
async function findFile(org: Host, definition: ImportDefinition): Promise<string> {
  const location = org.locations.byId(definition.locationId);
  const name = fileNameAt(definition, org.serverTime());
  if (/[\\/:*<>|?"]/.test(name)) throw new ImportError('FileNotFound');
  const { folder = null, type, fetch = null } = location ?? {};
  if (folder === null) throw new ImportError('FileNotFound');
  await fetch?.(name, folder);
  const path = type === 'EnhancedFtp' ? join(folder, 'Import', name) : join(folder, name);
  const found = await stat(path).catch(() => null);
  if (found === null || !found.isFile()) throw new ImportError('FileNotFound');
  return path;
}

async function readRows(path: string, definition: ImportDefinition, extension: DataExtension): Promise<Cells[]> {
  const rows: Cells[] = [];
  let columns: (string | null)[] | null = definition.hasHeader ? null : mapByOrdinal(definition);
  try {
    for await (const record of readRecords(createReadStream(path, 'utf8'), delimiterOf(definition))) {
      if (columns === null) columns = mapHeader(definition, extension, record);
      else rows.push(cellsOf(columns, record));
    }
  } catch (error) {
    if (error instanceof SyntaxError) throw new ImportError(`InvalidFile: ${error.message}`);
    throw error;
  }
  return rows;
}

function delimiterOf({ fileType, delimiter }: ImportDefinition): string {
  if (fileType === 'TAB') return '\t';
  return fileType === 'CSV' ? ',' : delimiter || ',';
}

function mapByOrdinal({ mappings }: ImportDefinition): (string | null)[] {
  const most = Math.max(0, ...mappings.map(({ source }) => Number(source)));
  return Array.from({ length: most }, (_, index) => {
    return mappings.find(({ source }) => Number(source) === index + 1)?.destination ?? null;
  });
}

/** The columns of the data extension that the file's columns go to; null for those that go nowhere. */
function mapHeader(definition: ImportDefinition, extension: DataExtension, header: string[]): (string | null)[] {
  if (definition.mappingType === 'MapByOrdinal') return mapByOrdinal(definition);
  const columns = header.map((name) => {
    if (definition.mappingType === 'InferFromColumnHeadings') return extension.field(name.trim())?.name ?? null;
    const mapping = definition.mappings.find(({ source }) => source.toLowerCase() === name.trim().toLowerCase());
    return mapping === undefined ? null : (extension.field(mapping.destination)?.name ?? null);
  });
  const missing = extension.keyFields.find(({ name }) => !columns.includes(name));
  if (missing !== undefined) throw new ImportError(`FieldNotFound: ${missing.name}`);
  return columns;
}

/** A cell that holds nothing empties the column. A row with too many or too few cells is wrong. */
function cellsOf(columns: readonly (string | null)[], record: string[]): Cells {
  if (record.length !== columns.length) return { '': 'InvalidFieldCount' };
  return Object.fromEntries(
    columns.flatMap((name, index) => (name === null ? [] : [[name, record[index] === '' ? null : record[index]]])),
  );
}

function checkAll(extension: DataExtension, rows: readonly Cells[], updateType: UpdateType): void {
  try {
    for (const row of rows) extension.check(updateType === 'Overwrite' ? 'upsert' : MODES[updateType], row);
  } catch (error) {
    throw error instanceof RowError ? new ImportError(`${error.kind}: ${error.message}`) : error;
  }
}

interface Writing {
  definition: ImportDefinition;
  totals: Totals;
  fault: WorkFault;
}

function writeAll(org: Host, extension: DataExtension, rows: readonly Cells[], writing: Writing): void {
  const { definition, totals, fault } = writing;
  const seen = new Set<string>();
  const keyNames = extension.keyFields.map(({ name }) => name);
  rows.forEach((row, index) => {
    if (fault.error !== null && index >= fault.doneRows) throw new ImportError(fault.error);
    const key = JSON.stringify(keyNames.map((name) => keyText(String(row[name] ?? ''))));
    const isAgain = keyNames.length > 0 && seen.has(key);
    seen.add(key);
    if (isAgain) totals.duplicated++;
    if (index >= rows.length - fault.lostRows) totals[fault.lostSilently ? 'successful' : 'errors']++;
    else if (fault.refusedRows.includes(index) || (isAgain && org.settings.duplicatesAreErrors)) totals.errors++;
    else totals[writeOne(extension, isAgain ? again(definition) : MODES[definition.updateType], row)]++;
  });
}

/** The last of several rows of one key wins. */
function again({ updateType }: ImportDefinition): WriteMode {
  return updateType === 'Overwrite' ? 'upsert' : MODES[updateType];
}

function writeOne(extension: DataExtension, mode: WriteMode, row: Cells): 'successful' | 'errors' {
  try {
    extension.write(mode, row);
    return 'successful';
  } catch (error) {
    if (error instanceof RowError) return 'errors';
    throw error;
  }
}
