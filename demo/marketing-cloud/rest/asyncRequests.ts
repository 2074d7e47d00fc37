import { randomUUID } from 'node:crypto';
import { RowError } from '../errors.ts';
import type { DataExtension, WriteMode } from '../extensions/extension.ts';
import type { WorkFault } from '../faultKinds.ts';
import type { Host } from '../host.ts';

export interface RowResult {
  errorCode?: string;
  message: string;
  status: 'OK' | 'Error';
}

/** A request for rows that was accepted. */
export interface AsyncRequest {
  id: string;
  accountId: number;
  called: string;
  pickedUp: string | null;
  completed: string | null;
  status: 'Pending' | 'Complete' | 'Error';
  /** A result per row, in the order in which they were sent; none before it is complete. */
  results: RowResult[];
}

interface Asked {
  extension: DataExtension;
  mode: WriteMode;
  rows: readonly Record<string, unknown>[];
  fault: WorkFault;
}

/** Requests for rows, worked off one by one in the order in which they came. */
export class AsyncRequests {
  readonly #org: Host;
  readonly #known = new Map<string, AsyncRequest>();

  constructor(org: Host) {
    this.#org = org;
  }

  find(accountId: number, id: string): AsyncRequest | undefined {
    const request = this.#known.get(id.toLowerCase());
    return request?.accountId === accountId ? request : undefined;
  }

  accept(accountId: number, asked: Asked): AsyncRequest {
    const called = this.#org.serverTime();
    const request: AsyncRequest = {
      id: randomUUID(),
      accountId,
      called,
      pickedUp: null,
      completed: null,
      status: 'Pending',
      results: [],
    };
    this.#known.set(request.id, request);
    this.#org.work.later(asked.fault.delayMs, () => this.#workOff(request, asked));
    return request;
  }

  #workOff(request: AsyncRequest, { extension, mode, rows, fault }: Asked): void {
    request.pickedUp = this.#org.serverTime();
    const failed = fault.error;
    request.results = rows.map((row, index) => {
      if (failed !== null) return { errorCode: 'UnexpectedError', message: failed, status: 'Error' };
      return writeRow(extension, mode, row, { fault, index, last: rows.length });
    });
    request.completed = this.#org.serverTime();
    request.status = failed === null ? 'Complete' : 'Error';
  }
}

function writeRow(
  extension: DataExtension,
  mode: WriteMode,
  row: Record<string, unknown>,
  { fault, index, last }: { fault: WorkFault; index: number; last: number },
): RowResult {
  if (fault.refusedRows.includes(index))
    return { errorCode: 'UnexpectedError', message: 'The row was deadlocked and not saved.', status: 'Error' };
  const isLost = index >= last - fault.lostRows;
  if (isLost && !fault.lostSilently)
    return { errorCode: 'UnexpectedError', message: 'The row was not processed.', status: 'Error' };
  if (isLost) return { message: 'Added Row.', status: 'OK' };
  try {
    return { message: extension.write(mode, row) === 'added' ? 'Added Row.' : 'Updated Row.', status: 'OK' };
  } catch (error) {
    if (error instanceof RowError) return { errorCode: error.kind, message: error.message, status: 'Error' };
    throw error;
  }
}
