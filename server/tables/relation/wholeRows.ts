/** Whole rows as JSON: the text of one row, and where it comes from. */
import type { Cell, Json } from '../../../contract/types.ts';
import type { Dialect, RowFormat } from './dialect.ts';
import { columnsPerPart, type Shape } from './shape.ts';

interface RowSql {
  sql: string;
  from: string;
  format: RowFormat;
}

/** Databases bound the columns of a joined row and the items of an array, so wider rows are put together of pieces. */
const mostTogether = 500;

export function rowSql(dialect: Dialect, shape: Shape, names: string[]): RowSql {
  const cells = names.map((name) => {
    const cell = shape.cell(name);
    if (!cell) throw new Error(`The table has no column "${name}"`);
    return cell;
  });
  if (cells.length > mostTogether) return wideRowSql(dialect, shape, cells);
  const format = dialect.rowFormat(cells);
  return { sql: format.sql, from: shape.from([...cells.map(({ alias }) => alias), shape.rid.alias]), format };
}

type LocatedCell = NonNullable<ReturnType<Shape['cell']>>;

/** An array of arrays, each of cells that lie in one physical table, which is looked into by itself. */
function wideRowSql(dialect: Dialect, shape: Shape, cells: LocatedCell[]): RowSql {
  const pieces = piecesOf(cells).map((places) => {
    const alias = cells[places[0] ?? 0]?.alias ?? null;
    const format = dialect.rowFormat(places.flatMap((place) => cells[place] ?? []));
    return { places, format, sql: alias === null ? format.sql : `(SELECT ${format.sql} FROM ${shape.part(alias)})` };
  });
  const sql = `'[' || ${pieces.map((piece) => piece.sql).join(` || ',' || `)} || ']'`;
  const decode = (row: Json[]): Cell[] => {
    const decoded: Cell[] = new Array<Cell>(cells.length).fill(null);
    for (const [index, { places, format }] of pieces.entries()) {
      const piece = format.decode(row[index] as Json[]);
      for (const [at, place] of places.entries()) decoded[place] = piece[at] ?? null;
    }
    return decoded;
  };
  return { sql, from: shape.from([shape.rid.alias]), format: { sql, decode } };
}

function piecesOf(cells: LocatedCell[]): number[][] {
  const byTable = Map.groupBy(cells.keys(), (place) => cells[place]?.alias ?? null);
  return [...byTable.values()].flatMap((places) =>
    Array.from({ length: Math.ceil(places.length / columnsPerPart) }, (_, piece) =>
      places.slice(piece * columnsPerPart, (piece + 1) * columnsPerPart),
    ),
  );
}
