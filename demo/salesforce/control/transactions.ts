import { Router } from 'express';
import type { Org } from '../org.ts';
import { Writer } from '../writes/writer.ts';
import { makeChange, type Prepared, prepareChanges, type RecordChange } from './records.ts';

/** Opens transactions, writes in them, and ends them. */
export function transactionRoutes(org: Org): Router {
  const router = Router();
  const changesOf = (body: unknown): RecordChange[] => (Array.isArray(body) ? body : []);
  router.post('/', async (request, response) => {
    const id = org.transactions.begin();
    try {
      response.status(201).json({ id, ids: await writeUnseen(org, id, changesOf(request.body)) });
    } catch (error) {
      // Nobody was told its id, so nobody could end it.
      org.transactions.rollback(id);
      throw error;
    }
  });
  router.post('/:id/records', async (request, response) => {
    response.json({ ids: await writeUnseen(org, request.params.id, changesOf(request.body)) });
  });
  router.post('/:id/commit', (request, response) => {
    org.transactions.commit(request.params.id);
    response.status(204).end();
  });
  router.delete('/:id', (request, response) => {
    org.transactions.rollback(request.params.id);
    response.status(204).end();
  });
  return router;
}

/** Writes within an open transaction, stamped now; returns the ids of the records. */
async function writeUnseen(org: Org, id: string, changes: readonly RecordChange[]): Promise<string[]> {
  const ids: string[] = [];
  for (const prepared of await prepareChanges(org, changes)) {
    const { table, row } = prepared;
    const made = row === null ? createUnseen(org, id, prepared) : changeUnseen(org, id, prepared, row);
    ids.push(table.idOf(made));
  }
  return ids;
}

/** The record has its id already, in the order of ids, and nobody sees it. */
function createUnseen(org: Org, id: string, prepared: Prepared): number {
  const { table, options } = prepared;
  const row = makeChange(new Writer(org, org.userId, options), prepared);
  const written = table.current(row)!;
  table.replace(row, { ...written, gone: true });
  const publish = (): Writer => {
    const writer = new Writer(org, org.userId, options);
    writer.publish(table, row, written);
    return writer;
  };
  const discard = (): void => table.replace(row, { ...written, deleted: true, gone: true });
  org.transactions.add(id, { table, row, stamp: options.stamp, publish, discard });
  return row;
}

/** The change is tried, so that what is refused is refused now, and made when the transaction commits. */
function changeUnseen(org: Org, id: string, prepared: Prepared, row: number): number {
  const { table, options } = prepared;
  const trial = new Writer(org, org.userId, options);
  makeChange(trial, prepared);
  trial.rollback();
  const publish = (): Writer => {
    const writer = new Writer(org, org.userId, options);
    makeChange(writer, prepared);
    return writer;
  };
  org.transactions.add(id, { table, row, stamp: options.stamp, publish, discard: () => undefined });
  return row;
}
