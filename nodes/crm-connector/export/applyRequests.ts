/** Sending rows by requests, and finding out what became of one whose answer nobody has. */
import { RetryLater, UserError } from '../../../contract/errors.ts';
import type { Cell } from '../../../contract/types.ts';
import type { RecordResult } from '../../../contract/write.ts';
import { AnswerLost, RefusedTogether } from '../../../contract/write.ts';
import type { RejectReason } from '../../kit/rejects.ts';
import type { NodeWait } from '../../kit/run.ts';
import { openLimit } from '../../kit/sendLimit.ts';
import { askFor } from './applyAsk.ts';
import { findKept } from './applyCheck.ts';
import type { Part, SentPart } from './applyHalves.ts';
import { sendInHalves } from './applyHalves.ts';
import type { Scope } from './applyRecords.ts';
import { hashOf, operationOf, recordOf, sendRecords } from './applyRecords.ts';
import type { StageRow } from './applyStages.ts';
import { lastTry, stageRows } from './applyStages.ts';
import { isFinal, refusedCells, writtenCells } from './applyWords.ts';
import type { Call } from './ledger.ts';
import { resultCells } from './results.ts';

/** Milliseconds from a request's note in the ledger to when it is asked what became of a lost one: CRMs work on a request for ten minutes at most, and it may have been on its way. */
const askTime = 720_000;
/** Requests refused as a whole, one after the other, from which on records go alone, to tell whether it is for one of them. */
const mostTogether = 2;
/** So many, records alone among them, that it is not for what is in them. */
const mostRefused = 5;
/** Where more of the request before were refused, what follows is told by itself at once: halves would take far more calls. */
const mostFoundInHalves = 1;

/** Sends all rows of the stage from where the export stands. Gives a wait when it has to be asked later what became of them. */
export async function sendRequests(scope: Scope): Promise<NodeWait | null> {
  const { client, ledger, stage } = scope;
  const most = mostOf(client.writer.most, stage.round);
  let refused = 0;
  let size = most;
  let isApart = false;
  for await (const batch of stageRows(scope.context, stage, ledger.place.after))
    for (let from = 0; from < batch.length; from += size) {
      size = refused < mostTogether ? most : 1;
      const mayRefuse = refused < mostRefused - 1 || stage.round >= lastTry;
      const rows = batch.slice(from, from + size);
      const sent: SentPart | NodeWait = await sendInHalves(rows, isApart, (part) =>
        sendRequest(scope, part, mayRefuse),
      );
      if ('waitUntil' in sent) return sent;
      refused = sent.asWhole ? refused + 1 : 0;
      isApart = sent.refusals > mostFoundInHalves;
      scope.context.progress(ledger.place.after, stage.rows.count, 'records');
    }
  return null;
}

/** Smaller each time, and alone at last. */
const mostOf = (most: number, round: number): number => {
  if (round === 1) return most;
  return round < lastTry ? Math.max(1, Math.floor(most / 10)) : 1;
};

async function sendRequest(
  scope: Scope,
  { rows, isApart }: Part<StageRow>,
  mayRefuse: boolean,
): Promise<SentPart | RefusedTogether | NodeWait> {
  const { ledger } = scope;
  const kept = await findKept(scope, rows);
  const sent = rows.filter(({ at }) => !kept.has(at));
  const after = rows.at(-1)?.at ?? ledger.place.after;
  if (sent.length === 0) {
    await ledger.settle([...kept.values()], { after });
    return { refusals: 0, asWhole: false };
  }
  const answer = await askToWrite(scope, sent, { after, left: [...kept.keys()], mayRefuse, isApart });
  if (answer instanceof RefusedTogether || 'waitUntil' in answer) return answer;
  await ledger.settle([...kept.values(), ...answer.cells], { settled: answer.call, after });
  return answer;
}

interface Answer extends SentPart {
  call: number;
  cells: Cell[][];
}

/** Noted, then sent. What fails while the answer is written down leaves the call unsettled. */
async function askToWrite(
  scope: Scope,
  sent: readonly StageRow[],
  { after, left, mayRefuse, isApart }: { after: number; left: number[]; mayRefuse: boolean; isApart: boolean },
): Promise<Answer | RefusedTogether | NodeWait> {
  const { context, ledger } = scope;
  const records = sent.map((row) => recordOf(scope, row));
  const { limit, noted, over } = openLimit(context);
  const deadline = new Date(noted + askTime).toISOString();
  const range = newCall(scope, 'request', ledger.place.after, after);
  const call = await ledger.note({ ...range, hash: hashOf(records), deadline, left });
  try {
    const results = await sendRecords(scope, { records, apart: isApart }, limit);
    const refusals = results.filter(({ outcome }) => outcome === 'refused').length;
    return { call: call.number, cells: resultsOf(scope, sent, results, call.number), refusals, asWhole: false };
  } catch (error) {
    if (error instanceof AnswerLost) return waitFor(deadline);
    if (error instanceof RefusedTogether) {
      await ledger.note({ ...call, event: 'unsent' });
      return error;
    }
    if (!(error instanceof UserError || error instanceof RetryLater)) throw error;
    const whole = wholeRefusal(error);
    if (whole === null || !mayRefuse) {
      await ledger.note({ ...call, event: 'unsent' });
      throw error;
    }
    const cells = sent.map(({ row }) => refusedCells(row, whole, isLast(scope, sent), call.number));
    return { call: call.number, cells, refusals: sent.length, asWhole: true };
  } finally {
    over();
  }
}

export function newCall({ ledger, ...scope }: Scope, kind: Call['kind'], from: number, to: number): Call {
  const operation = operationOf({ ledger, ...scope });
  const event = kind === 'request' ? 'sending' : 'opening';
  return { number: ledger.next, kind, operation, event, from, to, hash: null, deadline: null, job: null, left: [] };
}

/** One record in a request has nobody to share a refusal with. */
const isLast = ({ stage }: Scope, sent: readonly StageRow[]): boolean => stage.round >= lastTry || sent.length === 1;

function resultsOf(scope: Scope, sent: readonly StageRow[], results: readonly RecordResult[], call: number) {
  return sent.map(({ row }, index) => {
    const result = results[index];
    if (!result) throw new Error(`The answer to call ${call} tells of ${results.length} records of ${sent.length}`);
    if (result.outcome === 'written') return writtenCells(row, scope.stage.kind, result, call);
    return refusedCells(row, result, isFinal(scope, result), call);
  });
}

/** A request that was refused as a whole, for something in it. Others say what is wrong with the connection or the settings. */
function wholeRefusal(error: UserError | RetryLater): RejectReason | null {
  if (error.code !== 'REMOTE_REFUSED') return null;
  return { code: error.code, symbol: String(error.details.code ?? error.code), message: error.message, fields: [] };
}

function waitFor(deadline: string): NodeWait {
  return {
    waitUntil: deadline,
    reason: 'The answer of the outside system was lost; it is asked when nothing can still arrive there.',
  };
}

/** A request that was begun: its rows are not touched before the deadline has passed and the CRM has been asked. */
export async function settleRequest(scope: Scope, call: Call): Promise<NodeWait | null> {
  const { context, ledger, stage } = scope;
  const deadline = call.deadline ?? '';
  if (context.clock.now().toISOString() < deadline) return waitFor(deadline);
  const left = new Set(call.left);
  const cells: Cell[][] = [];
  for await (const batch of stageRows(context, stage, call.from, call.to)) {
    const sent = batch.filter(({ at }) => !left.has(at));
    cells.push(...(await askFor(scope, sent, call.number)));
    // Kept back before, and still so: the next round looks at them once more and says why.
    cells.push(...batch.filter(({ at }) => left.has(at)).map(({ row }) => resultCells(row, 'again', { call: null })));
  }
  context.log(
    'warning',
    `The answer to call ${call.number} was lost; the outside system was asked for ${cells.length} records.`,
  );
  await ledger.settle(cells, { settled: call.number, after: call.to });
  return null;
}
