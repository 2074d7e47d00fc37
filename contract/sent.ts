/**
 * Sent state: what was last sent to a target, by key. It belongs to (workflow, node, target), is known of each row from its own
 * success, and outlives runs, versions and purges. A row is due until its own result is a success, or until a person dismisses
 * it as it is.
 */
import { z } from 'zod';
import type { Relation, TableRef } from './relation.ts';
import type { Column } from './types.ts';

/** What a sent state is called: unique for (workflow, node, target). */
export const sentStateName = (workflow: string, node: string, target: string): string =>
  JSON.stringify([workflow, node, target]);

/** Tables of local data whose name begins with "_" are Syncline's own. */
export const sentTable = (state: string): string => `_sent ${state}`;

/** The same of a name, or null where it is none of a sent state. */
export function readSentTable(table: string): { state: string; workflow: string; node: string; target: string } | null {
  const state = /^_sent (\[.*\])$/.exec(table)?.[1];
  if (state === undefined) return null;
  const [workflow = '', node = '', target = ''] = JSON.parse(state) as string[];
  return { state, workflow, node, target };
}

const text = (name: string, label: string): Column => ({ name, label, type: 'text' });

/**
 * Columns of a sent state. `hash`: of what was last sent with success; null: nothing ever was; empty: something was, and
 * nobody knows what the target holds now, so that the row is due whatever it is. `dismissed`: of what a person said is not to
 * be sent; null: nothing. `recordId`: in the target, as far as it is known.
 */
export const sentColumns: Column[] = [
  text('key', 'Key'),
  text('hash', 'Hash'),
  text('dismissed', 'Dismissed'),
  text('recordId', 'Record id'),
  text('run', 'Run'),
  { name: 'sentAt', label: 'Sent', type: 'datetime' },
];

/** A sent state as it is at this moment. */
export interface SentState {
  name: string;
  /** With `sentColumns`; each key once. */
  rows: Relation;
}

/**
 * Columns that tell what a row is in a sent state: `key` (null: it counts for nothing there), `hash` (of what is sent; null:
 * the key is to be forgotten, because its row is gone), and `base` (the hash in the sent state when they were compared).
 */
export const sentRowColumns: Column[] = [text('key', 'Key'), text('hash', 'Hash'), text('base', 'Base')];

/** The rows of a table in a sent state: one for each, in their order. */
export interface SentRows {
  /** Name of the sent state. */
  state: string;
  /** With `sentRowColumns`. */
  rows: TableRef;
}

/** What a node has sent to one target, in sums. */
export const sentSummarySchema = z.object({
  target: z.string(),
  /** Keys that were sent, and those of them, or others, that a person dismissed as they are. */
  sent: z.number(),
  dismissed: z.number(),
  /** The first and the last time something was sent; null: nothing was. */
  since: z.string().nullable(),
  last: z.string().nullable(),
});
export type SentSummary = z.infer<typeof sentSummarySchema>;
