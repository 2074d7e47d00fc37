/**
 * What pages hold beside their rows, such as rejects, in a table of its own. It is written before the page's rows: an attempt that
 * dies between the two leaves what it has written of a page that the next one reads again, and reads otherwise where a record was
 * changed since. So what was written ahead of its rows is void then, and the page is taken as it comes.
 */
import type { Predicate, TableRef } from '../../contract/relation.ts';
import { literal, rowId, scan } from '../../contract/relation.ts';
import type { Cell, Json } from '../../contract/types.ts';
import { canonicalJson } from '../../contract/types.ts';
import type { NodeContext, TableWriter } from '../kit/run.ts';

/** Rows by their place: the first is left out, the last is in. */
type Range = [number, number];

interface Place {
  /** The position of the pages' rows when the last were written. */
  behind: Json;
  /** How many there were before them. */
  from: number;
  void: Range[];
}

export class BesidePages {
  readonly #writer: TableWriter;
  readonly #void: readonly Range[];

  private constructor(writer: TableWriter, ranges: readonly Range[]) {
    this.#writer = writer;
    this.#void = ranges;
  }

  /** `rows` has the position of the rows that are written; a later attempt goes on behind it. */
  static async open(writer: TableWriter, { position: behind }: Pick<TableWriter, 'position'>): Promise<BesidePages> {
    const place = readPlace(writer.position);
    const isAhead = place && place.from < writer.count && canonicalJson(place.behind) === canonicalJson(behind);
    if (!isAhead) return new BesidePages(writer, place?.void ?? []);
    const ranges: Range[] = [...place.void, [place.from, writer.count]];
    await writer.append([], { position: { behind, from: writer.count, void: ranges } });
    return new BesidePages(writer, ranges);
  }

  get count(): number {
    return this.#writer.count - this.#void.reduce((sum, [from, to]) => sum + to - from, 0);
  }

  /** Those of a page whose own rows are written next, behind that position. */
  async keep(rows: Cell[][], behind: Json): Promise<void> {
    if (rows.length === 0) return;
    const place: Place = { behind, from: this.#writer.count, void: [...this.#void] };
    await this.#writer.append(rows, { position: { ...place } });
  }

  async finish(context: Pick<NodeContext, 'table'>, name: string): Promise<TableRef> {
    const table = await this.#writer.finish();
    if (this.#void.length === 0) return table;
    const items = this.#void.map((range): Predicate => ({ op: 'not', item: within(range) }));
    return context.table({ op: 'filter', input: scan(table), where: { op: 'and', items } }, { name });
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
