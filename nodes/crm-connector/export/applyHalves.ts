/**
 * Records of one request that the CRM refuses together, for the sake of some that it does not name: halves of them are sent, one
 * after the other, and halves of what is refused again, so that the others go the cheap way and the guilty ones are found. Each
 * half is a call of its own: looked at right before, noted, with a deadline of its own, and settled before the next one leaves.
 */
import { RefusedTogether } from '../../../contract/write.ts';
import type { NodeWait } from '../../kit/run.ts';

/** So few are told by themselves in place of being halved once more. */
const fewRecords = 10;
/** Refusals of one request's records; behind these each part that is left is told by itself, so that calls are at most 25. */
const mostHalvings = 12;

/** Rows to be sent as one request, each by itself or all together. */
export interface Part<Row> {
  rows: readonly Row[];
  isApart: boolean;
}

export interface SentPart {
  /** Rows that the CRM refused. */
  refusals: number;
  /** Refused as a whole for what is not said to be in a record, be it of one record. */
  asWhole: boolean;
}

/** Sends the rows in their order: what is behind a row is not sent before it is known what became of that one. */
export async function sendInHalves<Row>(
  rows: readonly Row[],
  isApart: boolean,
  send: (part: Part<Row>) => Promise<SentPart | RefusedTogether | NodeWait>,
): Promise<SentPart | NodeWait> {
  let left = isApart ? 0 : mostHalvings;
  let all: SentPart = { refusals: 0, asWhole: false };
  const due: (readonly Row[])[] = [rows];
  for (let next = due.pop(); next; next = due.pop()) {
    const isAlone = left === 0 || (left < mostHalvings && next.length <= fewRecords);
    const sent = await send({ rows: next, isApart: isAlone });
    if (sent instanceof RefusedTogether) {
      if (isAlone) throw sent;
      left = sent.isOfRecord ? left - 1 : 0;
      due.push(...(left === 0 || next.length <= fewRecords ? [next] : halves(next)));
    } else if ('waitUntil' in sent) return sent;
    else all = { refusals: all.refusals + sent.refusals, asWhole: sent.asWhole };
  }
  return all;
}

/** The first half last: it is the next to be sent. */
function halves<Row>(rows: readonly Row[]): [readonly Row[], readonly Row[]] {
  const middle = Math.ceil(rows.length / 2);
  return [rows.slice(middle), rows.slice(0, middle)];
}
