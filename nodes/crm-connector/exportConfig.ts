/** The part of the settings that says what is written into the CRM, and how. */
import { z } from 'zod';
import type { ColumnType } from '../../contract/types.ts';
import { columnTypeSchema } from '../../contract/types.ts';
import { conversions } from './conversions.ts';

/** Where a value comes from: a column that arrives, or JavaScript that is evaluated for each record. */
const sourceSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('column'), column: z.string().max(255) }),
  z.strictObject({ kind: z.literal('expression'), code: z.string().max(10_000) }),
]);

/** The value is the key of a related record: `keyField` of `object`. Sent under `path`, such as `Account.Number__c`. */
const lookupSchema = z.strictObject({
  object: z.string().min(1).max(255),
  keyField: z.string().min(1).max(255),
  path: z.string().min(1).max(255),
});

/** A field that is written, with what was known of it when it was chosen: problems are found while drawing, offline too. */
const mappedFieldSchema = z.strictObject({
  /** Remote name; with `lookup` that of the reference, such as `AccountId`. */
  field: z.string().max(255),
  label: z.string().max(255),
  /** Of the field; with `lookup` that of the related record's key. */
  type: columnTypeSchema,
  /** A new record is refused without it. */
  remoteRequired: z.boolean().optional(),
  source: sourceSchema,
  conversion: z.enum(conversions).default('default'),
  /** What an empty value does: the field stays as it is, or is emptied. */
  empty: z.enum(['keep', 'clear']).default('keep'),
  /** JavaScript; empty: always. Where it is false, the field is left out for that record. */
  onlyIf: z.string().max(10_000).default(''),
  lookup: lookupSchema.optional(),
});
export type MappedField = z.infer<typeof mappedFieldSchema>;

/** When the plan waits for a person before anything is written; null: no limit. */
const approvalSchema = z.strictObject({
  always: z.boolean(),
  /** Most deletions, and most changes, without a question. */
  deletes: z.number().int().min(0).nullable(),
  updates: z.number().int().min(0).nullable(),
  /** The same for changes, in percent of the rows that arrive. */
  share: z.number().min(0).max(100).nullable(),
});

/** Rows that were sent as they are do not come again. */
const onlyChangedSchema = z.strictObject({
  enabled: z.boolean(),
  /** Tells which row is which where there is no key; with one it is not looked at. */
  column: z.string().max(255),
  /** Where records are only inserted: what has changed becomes a further new record. */
  again: z.boolean(),
});

const sendsAll: z.infer<typeof onlyChangedSchema> = { enabled: false, column: '', again: false };

/** Records that have become others, such as converted leads. */
const movedSchema = z.strictObject({
  /** The object of those others, as known when the object was chosen; empty: its records do not become others. */
  object: z.string().max(255),
  /** Whether rows that mean such a record leave by an output of their own, with the id of the other. */
  follow: z.boolean(),
});

const stays: z.infer<typeof movedSchema> = { object: '', follow: false };

const exportModes = ['automatic', 'insert', 'update', 'upsert'] as const;
export type ExportMode = (typeof exportModes)[number];

export const exportSchema = z.strictObject({
  /** `automatic`: rows with a key value are updated, those without are inserted; no key: all are inserted. */
  mode: z.enum(exportModes),
  /** Empty: none. `Id`: the record id. Else a field by which records are found; it is mapped like any other. */
  key: z.string().max(255),
  /** A mapped field of `datedTypes`: what is older than the record leaves it as it is. Empty: all is written. Not looked at without a key. */
  newer: z.string().max(255).default(''),
  mapping: z.array(mappedFieldSchema).max(500),
  /** The object's fields without which no record can be created, as known when it was chosen. */
  required: z.array(z.strictObject({ name: z.string().max(255), label: z.string().max(255) })).max(500),
  /** Whether records are sent by jobs of the CRM's own. */
  batches: z.enum(['auto', 'never', 'always']),
  /** The id of a rule of the CRM's own; empty: none. */
  assignmentRule: z.string().max(255),
  /** Stops when it is known what would be written. */
  planOnly: z.boolean(),
  /** Rows without a final result leave by Error. */
  processErrors: z.boolean(),
  approval: approvalSchema,
  moved: movedSchema.default(stays),
  /** Workflows that were drawn before there was this choice send all. */
  onlyChanged: onlyChangedSchema.default(sendsAll),
});
export type ExportConfig = z.infer<typeof exportSchema>;

/** Of two values of such a type one can be the later. */
export const datedTypes: ReadonlySet<ColumnType> = new Set(['date', 'datetime', 'integer', 'number', 'decimal']);

/** Whether this mapped field can tell which row is the newer: what is sent under another's key holds an id. */
export const isDated = ({ type, lookup }: MappedField): boolean => datedTypes.has(type) && lookup === undefined;

export const exportDefaults: ExportConfig = {
  mode: 'automatic',
  key: '',
  newer: '',
  mapping: [],
  required: [],
  batches: 'auto',
  assignmentRule: '',
  planOnly: false,
  processErrors: false,
  approval: { always: false, deletes: 100, updates: null, share: null },
  moved: stays,
  onlyChanged: sendsAll,
};
