import { RecordError, type RecordFault } from '../errors.ts';
import { JsonTypeError } from '../writes/coerce.ts';
import type { Writer } from '../writes/writer.ts';

/** What became of one record of a collection. */
export interface Result {
  id?: string;
  success: boolean;
  errors: RecordFault[];
  /** Only of an upsert. */
  created?: boolean;
}

/** What is said of a record whatever becomes of it, and the work that says the rest. */
export interface Attempt {
  known: Partial<Result>;
  work: () => Partial<Result>;
}

const ROLLED_BACK: RecordFault = {
  statusCode: 'ALL_OR_NONE_OPERATION_ROLLED_BACK',
  message: 'Record rolled back because not all records were valid and the request was using AllOrNone header',
  fields: [],
};

/**
 * Writes the records one after another. A refused record does not stop the others; with `allOrNone` it takes them all
 * back. A request that cannot be understood throws and writes nothing.
 */
export function applyAll(writer: Writer, attempts: readonly Attempt[], allOrNone: boolean): Result[] {
  const results: Result[] = [];
  try {
    for (const { known, work } of attempts) results.push(applyOne(known, work));
  } catch (error) {
    writer.rollback();
    if (error instanceof JsonTypeError) error.record = results.length;
    throw error;
  }
  const fails = allOrNone && results.some((result) => !result.success);
  if (fails) writer.rollback();
  return results.map((result, i) => settle(result, attempts[i]!.known, fails));
}

function applyOne(known: Partial<Result>, work: () => Partial<Result>): Result {
  try {
    return { ...known, ...work(), success: true, errors: [] };
  } catch (error) {
    if (!(error instanceof RecordError)) throw error;
    return { ...known, success: false, errors: error.faults };
  }
}

/** Members stand in the order Salesforce writes them; what was taken back keeps no id of a new record. */
function settle({ id, success, errors, created }: Result, known: Partial<Result>, fails: boolean): Result {
  const shownId = fails && created !== false ? known.id : id;
  return {
    ...(shownId === undefined ? {} : { id: shownId }),
    success: success && !fails,
    errors: success && fails ? [ROLLED_BACK] : errors,
    ...(created === undefined ? {} : { created }),
  };
}
