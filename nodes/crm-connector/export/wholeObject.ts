/** All records of an object, where that takes fewer calls than asking for those of many keys. A later attempt goes on behind the last page. */
import type { CrmClient, ReadPage, ReadPosition, ReadQuery } from '../../../contract/connector.ts';
import type { Relation, TableRef } from '../../../contract/relation.ts';
import { column, either, literal, rowId, scan } from '../../../contract/relation.ts';
import type { Cell } from '../../../contract/types.ts';
import type { Context } from '../readRecords.ts';
import type { Finding } from './found.ts';
import { foundColumns, foundRow, unreadRow } from './found.ts';

/** Below so many keys the calls are few either way. */
const leastKeys = 10_000;
/** How many records are read for each key at most. */
const share = 10;

export const paysToReadAll = async (client: CrmClient, query: ReadQuery, keys: number): Promise<boolean> =>
  keys >= leastKeys && (await client.count(query)) <= keys * share;

export async function findInWhole(
  context: Context,
  client: CrmClient,
  query: ReadQuery,
  finding: Finding,
): Promise<TableRef> {
  const resume = client.resumes(query);
  const writer = await context.writer({ columns: [...foundColumns], name: `${finding.name}Read`, resume });
  const begun = writer.position as Place | null;
  let place: Place = begun ?? { at: null, over: false };
  if (!place.over) {
    for await (const page of client.read(query, place.at)) {
      context.signal.throwIfAborted();
      place = { at: page.position, over: false };
      await writer.append(rowsOf(finding, page), { position: { ...place } });
      context.progress(writer.count, page.total, 'records looked through');
    }
    await writer.append([], { position: { ...place, over: true } });
  }
  return context.table(onePerKey(await writer.finish(), finding.keys), { name: `${finding.name}OfAll` });
}

/** How far the read has come: one that is over is not asked for again. */
interface Place {
  at: ReadPosition;
  over: boolean;
}

function rowsOf(finding: Finding, { rows, rejects }: ReadPage): Cell[][] {
  const found = rows.flatMap((row) => {
    const match = finding.matchOf(row);
    return match === null ? [] : [foundRow(finding, match, row)];
  });
  return [...found, ...rejects.map((reject) => unreadRow(finding, reject))];
}

/** Of the records that were asked for the first with each key, and whether there is another. */
function onePerKey(records: TableRef, keys: TableRef): Relation {
  const asked: Relation = {
    op: 'join',
    kind: 'semi',
    left: scan(records),
    right: scan(keys),
    on: [{ left: column('match', 'left'), right: column('match', 'right') }],
  };
  const order = [{ by: rowId, direction: 'asc' as const }];
  const ranked: Relation = { op: 'rank', input: asked, partition: [column('match')], order, as: 'place' };
  const at = (place: number): Relation => ({
    op: 'filter',
    input: ranked,
    where: { op: 'eq', left: column('place'), right: literal(place, 'integer') },
  });
  const joined: Relation = {
    op: 'join',
    kind: 'left',
    left: at(1),
    right: at(2),
    on: [{ left: column('match', 'left'), right: column('match', 'right') }],
    columns: [{ from: 'match', as: { name: 'another', label: '', type: 'text' } }],
  };
  const count = either({ op: 'isNull', value: column('another') }, literal(1, 'integer'), literal(2, 'integer'));
  const columns = foundColumns.map((own) => ({ ...own, expr: own.name === 'found' ? count : column(own.name) }));
  return { op: 'project', input: joined, columns };
}
