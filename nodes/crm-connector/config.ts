/** Settings of the CRM Connector, read alike while drawing and while running. */
import { z } from 'zod';
import type { FilterGroup } from '../../contract/filter.ts';
import { emptyFilter, filterGroupSchema } from '../../contract/filter.ts';
import type { Column, ColumnType } from '../../contract/types.ts';
import { columnTypeSchema } from '../../contract/types.ts';
import { tolerant } from '../kit/config.ts';
import { conversions } from './conversions.ts';
import { exportDefaults, exportSchema } from './exportConfig.ts';

/** A chosen remote field with what was known of it when it was chosen: columns are known while drawing, offline too. */
export const importFieldSchema = z.strictObject({
  /** Remote name or path, for example `Account.Name`; also the column's name. */
  name: z.string().min(1).max(255),
  label: z.string().max(255),
  type: columnTypeSchema,
  conversion: z.enum(conversions).default('default'),
  identifying: z.boolean().optional(),
  personal: z.boolean().optional(),
});
export type ImportField = z.infer<typeof importFieldSchema>;

const orderSchema = z.strictObject({
  field: z.string().min(1, 'choose a field'),
  direction: z.enum(['asc', 'desc']),
});

const indexSchema = z.strictObject({
  enabled: z.boolean(),
  /** How a change is found: by the date of the record, or by comparing all records with those of the last import. */
  by: z.enum(['date', 'comparison']).default('date'),
  /** Template; the rendered text names the option. */
  optionName: z.string().min(1, 'name the option that keeps the date').max(255),
  /** Empty: the first of the object's fields that tells when a record changed. */
  indexField: z.string().max(255),
  advance: z.enum(['whenRunSucceeded', 'inCode']),
  /** Minutes before the cursor that are read again, for records committed late. */
  lookBack: z.number().min(0).max(1_440),
  /** Seconds before the CRM's now that are left for the next run. */
  lag: z.number().min(0).max(3_600),
  /** Whether records that were deleted since leave by a port of their own: where change tracking tells them. */
  gone: z.boolean().default(false),
});

/** Whose records are imported: those that pass a filter, or those whose ids arrive. */
const populationSchema = z.strictObject({
  /** The inbound column that holds the remote id. */
  column: z.string().max(255),
  /** Inbound columns that travel on beside the remote fields. */
  keep: z.array(z.string().min(1).max(255)).max(500),
});

const deletedSchema = z.strictObject({
  period: z.enum(['between', 'sinceLast']),
  /** Templates: a day or an instant, both included. */
  from: z.string().max(500),
  to: z.string().max(500),
  /** Template; the rendered text names the option of deletions, which is never the one of changes. */
  optionName: z.string().max(255),
});

const operations = ['import', 'deleted', 'export', 'delete'] as const;

const shape = z.object({
  operation: z.enum(operations),
  source: z.enum(['filter', 'population']),
  population: populationSchema,
  deleted: deletedSchema,
  connection: z.string(),
  object: z.string(),
  objectLabel: z.string(),
  fields: z.array(importFieldSchema).max(500),
  filter: filterGroupSchema,
  orderBy: z.array(orderSchema).max(10),
  everything: z.boolean(),
  index: indexSchema,
  export: exportSchema,
  rejectFile: z.strictObject({ enabled: z.boolean(), name: z.string().max(255) }),
});
export type CrmConfig = z.infer<typeof shape>;

export const configSchema: z.ZodType<CrmConfig> = shape.extend({
  connection: z.string().min(1, 'choose a connection'),
  object: z.string().min(1, 'choose a remote object'),
});

const defaultOptionName = 'LASTIMPORT_<%=instance.internalName%>_<%=activityName%>';
/** Of the same family, so that it is kept and checked as a date, and yet another one than that of a node's changes. */
const defaultDeletedName = 'LASTIMPORT_DELETED_<%=instance.internalName%>_<%=activityName%>';

export const defaults: CrmConfig = {
  operation: 'import',
  source: 'filter',
  population: { column: '', keep: [] },
  deleted: { period: 'between', from: '', to: '', optionName: defaultDeletedName },
  connection: '',
  object: '',
  objectLabel: '',
  fields: [],
  filter: emptyFilter,
  orderBy: [],
  everything: false,
  index: {
    enabled: false,
    by: 'date',
    optionName: defaultOptionName,
    indexField: '',
    advance: 'whenRunSucceeded',
    lookBack: 10,
    lag: 60,
    gone: false,
  },
  export: exportDefaults,
  rejectFile: {
    enabled: false,
    name: "rejects_<%=activityName%>_<%=formatDate(new Date(), '%4Y-%2M-%2DT%2Hh%2Nm%2S')%>.csv",
  },
};

export const readConfig = tolerant(shape, defaults);

export const idField = 'Id';

/** Writes into the CRM, or plans to: its rows are those that arrive. */
export const isExport = (config: CrmConfig): boolean => config.operation === 'export' || config.operation === 'delete';

/** Whether a plan may have to be approved before anything is written. */
export function mayAsk({ operation, export: { approval } }: CrmConfig): boolean {
  if (approval.always) return true;
  return operation === 'delete' ? approval.deletes !== null : approval.updates !== null || approval.share !== null;
}

/** Imports what changed since the last time: a population that arrives says itself what is to be read. */
export const isIncremental = (config: CrmConfig): boolean =>
  config.operation === 'import' && config.source === 'filter' && config.index.enabled;

export const isByDate = (config: CrmConfig): boolean => isIncremental(config) && config.index.by === 'date';
export const isByComparison = (config: CrmConfig): boolean => isIncremental(config) && config.index.by === 'comparison';

/** Deleted records leave by Gone, beside those that changed. */
export const takesGone = (config: CrmConfig): boolean => isByDate(config) && config.index.gone;

/** The template of the option that keeps how far the node has come; null where it keeps nothing. */
export function cursorTemplate(config: CrmConfig): string | null {
  if (config.operation === 'deleted') return config.deleted.period === 'sinceLast' ? config.deleted.optionName : null;
  return isIncremental(config) ? config.index.optionName : null;
}

/** The record id is added by itself, and the field of the automatic index when it is named. */
export function chosenFields(config: CrmConfig): ImportField[] {
  const added: ImportField[] = [
    { name: idField, label: 'Record id', type: 'text', conversion: 'default', identifying: true },
    ...(isByDate(config) && config.index.indexField !== '' ? [indexColumn(config.index.indexField)] : []),
  ];
  const names = new Set(config.fields.map((field) => field.name));
  return [...added.filter((field) => !names.has(field.name)), ...config.fields];
}

export function indexColumn(name: string): ImportField {
  return { name, label: name, type: 'datetime', conversion: 'default' };
}

export function fieldColumn(field: ImportField): Column {
  return {
    name: field.name,
    label: field.label || field.name,
    type: convertedType(field),
    source: field.name,
    ...(field.identifying ? { identifying: true } : {}),
    ...(field.personal ? { personal: true } : {}),
  };
}

/** The type of the column that a conversion makes of a field. */
export function convertedType(field: Pick<ImportField, 'type' | 'conversion'>): ColumnType {
  if (field.conversion === 'copy') return 'text';
  if (field.type !== 'datetime') return field.type;
  if (field.conversion === 'dateOnly') return 'date';
  return field.conversion === 'withoutTimeOffset' ? 'text' : 'datetime';
}

export const isEmptyFilter = (filter: FilterGroup): boolean => filter.items.length === 0;
