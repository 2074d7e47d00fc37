import { ApiError } from '../errors.ts';
import type { Table } from '../store/table.ts';

/** A write that was made and is not seen before its transaction commits. */
interface Pending {
  table: Table;
  row: number;
  stamp: number;
  /** Makes it seen, with the stamp it was written with; the writer can take it back. */
  publish(): { rollback(): void };
  /** Takes it back, where something was written already. */
  discard(): void;
}

/** Transactions of others that are open: their records are stamped and locked, and nobody sees what they wrote. */
export class Transactions {
  private readonly open = new Map<string, Pending[]>();
  private readonly locks = new Map<string, string>();
  private made = 0;

  get size(): number {
    return this.open.size;
  }

  begin(): string {
    const id = `transaction-${++this.made}`;
    this.open.set(id, []);
    return id;
  }

  /** Throws for a transaction that is not open. */
  add(id: string, pending: Pending): void {
    this.pendingOf(id).push(pending);
    this.locks.set(lockOf(pending.table, pending.row), id);
  }

  /** Whether a record waits for a transaction to end. */
  isLocked(table: Table, row: number): boolean {
    return this.locks.size > 0 && this.locks.has(lockOf(table, row));
  }

  /** The second of the first write that is not seen yet; null when there is none. */
  get earliestStamp(): number | null {
    const stamps = [...this.open.values()].flatMap((pending) => pending.map(({ stamp }) => stamp));
    return stamps.length === 0 ? null : Math.min(...stamps);
  }

  /** Makes everything seen at once. Where one write is refused all are taken back, and the refusal is thrown. */
  commit(id: string): void {
    const pending = this.close(id);
    const writers: { rollback(): void }[] = [];
    try {
      for (const { publish } of pending) writers.push(publish());
    } catch (error) {
      for (const writer of writers.reverse()) writer.rollback();
      for (const { discard } of pending) discard();
      throw error;
    }
  }

  rollback(id: string): void {
    for (const { discard } of this.close(id)) discard();
  }

  private close(id: string): Pending[] {
    const pending = this.pendingOf(id);
    this.open.delete(id);
    for (const [lock, holder] of this.locks) if (holder === id) this.locks.delete(lock);
    return pending;
  }

  private pendingOf(id: string): Pending[] {
    const pending = this.open.get(id);
    if (pending === undefined) throw new ApiError(404, 'NOT_FOUND', `no transaction ${id} is open`);
    return pending;
  }
}

function lockOf(table: Table, row: number): string {
  return `${table.name}/${row}`;
}
