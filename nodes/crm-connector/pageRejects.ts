/**
 * Rejects of pages, in a table beside that of the pages' rows. Those of a page are written first: an attempt that dies between
 * the two leaves rejects of a page that the next one reads again, and reads otherwise where a record was changed since. So what
 * was written ahead of its rows is void then, and the page is taken as it comes.
 */
import type { ReadPage } from '../../contract/connector.ts';
import type { Predicate, TableRef } from '../../contract/relation.ts';
import { literal, rowId, scan } from '../../contract/relation.ts';
import type { Cell, Json } from '../../contract/types.ts';
import { canonicalJson } from '../../contract/types.ts';
import { rejectCells } from '../kit/rejects.ts';
import type { NodeContext, TableWriter } from '../kit/run.ts';

/** Rows by their place: the first is left out, the last is in. */
type Range = [number, number];

interface Place {
  /** The position of the rows when the last rejects were written. */
  behind: Json;
  /** How many rejects there were before them. */
  from: number;
  void: Range[];
}

export class PageRejects {
  readonly #writer: TableWriter;
  readonly #void: readonly Range[];

  private constructor(writer: TableWriter, ranges: readonly Range[]) {
    this.#writer = writer;
    this.#void = ranges;
  }

  /** `rows` has the position of the rows that are written; a later attempt goes on behind it. */
  static async open(writer: TableWriter, { position: behind }: Pick<TableWriter, 'position'>): Promise<PageRejects> {
    const place = readPlace(writer.position);
    const isAhead = place && place.from < writer.count && canonicalJson(place.behind) === canonicalJson(behind);
    if (!isAhead) return new PageRejects(writer, place?.void ?? []);
    const ranges: Range[] = [...place.void, [place.from, writer.count]];
    await writer.append([], { position: { behind, from: writer.count, void: ranges } });
    return new PageRejects(writer, ranges);
  }

  get count(): number {
    return this.#writer.count - this.#void.reduce((sum, [from, to]) => sum + to - from, 0);
  }

  /** Those of a page whose rows are written next, behind that position. */
  async keep({ rejects }: Pick<ReadPage, 'rejects'>, behind: Json): Promise<void> {
    if (rejects.length === 0) return;
    const rows: Cell[][] = rejects.map((reject) => [...rejectCells(reject), reject.id, reject.record]);
    const place: Place = { behind, from: this.#writer.count, void: [...this.#void] };
    await this.#writer.append(rows, { position: { ...place } });
  }

  async finish(context: Pick<NodeContext, 'table'>): Promise<TableRef> {
    const table = await this.#writer.finish();
    if (this.#void.length === 0) return table;
    const items = this.#void.map((range): Predicate => ({ op: 'not', item: within(range) }));
    return context.table({ op: 'filter', input: scan(table), where: { op: 'and', items } }, { name: 'kept' });
  }
}

const within = ([from, to]: Range): Predicate => ({
  op: 'and',
  items: [
    { op: 'gt', left: rowId, right: literal(from, 'integer') },
    { op: 'le', left: rowId, right: literal(to, 'integer') },
  ],
});

function readPlace(position: Json): Place | null {
  if (position === null || typeof position !== 'object' || Array.isArray(position)) return null;
  const { behind = null, from, void: ranges } = position;
  return { behind, from: Number(from), void: ranges as Range[] };
}
