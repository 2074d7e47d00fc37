/** Where a replica stands. It lies beside its table and moves in the transaction that writes the rows it speaks of. */
import type { ReadPosition } from '../../contract/connector.ts';
import type { Column } from '../../contract/types.ts';
import type { Counts } from './outputs.ts';

export type ReplicaColumn = Pick<Column, 'name' | 'type'>;

export interface ReplicaState {
  /** Moves by one with every transaction: who finds another one than he knows has been overtaken. */
  revision: number;
  /** Connection and object. */
  source: string;
  /** Of the table, in the order in which they came; those of vanished fields among them. */
  columns: ReplicaColumn[];
  /** Whether it has been loaded completely. */
  loaded: boolean;
  /** A load under way: since when (the CRM's clock), and behind which record it goes on. */
  load: { startedAt: string; position: ReadPosition } | null;
  /** Changes are complete up to here (ISO, excluded); null: not known. */
  changedUntil: string | null;
  /** Deletions likewise. */
  deletedUntil: string | null;
  /** Of a CRM that knows deletions by a mark; left out: there is none. */
  deletedMark?: string;
  /** A period whose changes are being read. */
  window: { from: string; to: string; position: ReadPosition } | null;
  /** What a task has counted so far: its next attempt goes on counting, or finds that the object is through. */
  counted: { task: string; counts: Counts; through: boolean } | null;
}

export const newState = (source: string): ReplicaState => ({
  revision: 0,
  source,
  columns: [],
  loaded: false,
  load: null,
  changedUntil: null,
  deletedUntil: null,
  window: null,
  counted: null,
});
