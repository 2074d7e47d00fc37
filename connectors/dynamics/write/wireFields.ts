/** Fields that are written: their names in a body, and what their cells look like there. */
import { UserError } from '../../../contract/errors.ts';
import type { Cell } from '../../../contract/types.ts';
import type { Described, Wire } from '../describe.ts';
import { fullId } from '../ids.ts';
import { literalFor, numeral } from '../odata.ts';

export type Describer = (object: string) => Promise<Described>;

/** One field, or the key of a related record by which a lookup is set. */
export interface WriteField {
  /** As it was asked for. */
  asked: string;
  wire: Wire;
  /** The key of the related record; null: the value is a record id, or the field is no lookup. */
  key: Wire | null;
}

/** Without the record id, which has a place of its own. Rejects with FIELD_UNKNOWN for what the table does not have. */
export async function writeFields(
  describe: Describer,
  described: Described,
  names: readonly string[],
): Promise<WriteField[]> {
  return Promise.all(
    names.filter((name) => name.toLowerCase() !== 'id').map((name) => writeField(describe, described, name)),
  );
}

async function writeField(describe: Describer, { wires, details }: Described, asked: string): Promise<WriteField> {
  const plain = wires.get(asked.toLowerCase());
  if (plain) return { asked, wire: plain, key: null };
  const [head = '', name = '', ...more] = asked.split('.');
  const lookup = [...wires.values()].find(({ field }) => field.references?.path.toLowerCase() === head.toLowerCase());
  const related = lookup?.way && more.length === 0 ? await describe(lookup.way.target.name) : null;
  const key = related?.wires.get(name.toLowerCase());
  if (!lookup || !key) throw new UserError('FIELD_UNKNOWN', { field: asked, object: details.name });
  return { asked, wire: lookup, key };
}

/** A value that cannot be sent, and why. */
export class Unsendable extends Error {
  override readonly name = 'Unsendable';
  readonly field: string;
  constructor(field: string, message: string) {
    super(message);
    this.field = field;
  }
}

/** The members of a body, as JSON text. Throws Unsendable. */
export function members(fields: readonly WriteField[], values: Readonly<Record<string, Cell>>): string[] {
  const given = fields.filter(({ asked }) => values[asked] !== undefined);
  // A lookup to one of several tables is one column: it is emptied only where nothing else is put into it.
  const filled = new Set(given.filter(({ asked }) => values[asked] !== null).map(({ wire }) => wire.property));
  return given
    .filter(({ asked, wire }) => values[asked] !== null || wire.kind !== 'lookup' || !filled.has(wire.property))
    .map((field) => member(field, values[field.asked] ?? null));
}

function member({ asked, wire, key }: WriteField, cell: Cell): string {
  const { kind, way, property } = wire;
  if (kind === 'lookup') {
    if (!way) throw new Unsendable(asked, `${asked} leads to several tables: one of them has to be named.`);
    return `${JSON.stringify(`${way.bind}@odata.bind`)}:${cell === null ? 'null' : JSON.stringify(address(asked, way.target.setName, key, cell))}`;
  }
  return `${JSON.stringify(property)}:${valueText(wire, cell)}`;
}

function address(asked: string, setName: string, key: Wire | null, cell: Cell): string {
  if (key === null || key.kind === 'id') return `/${setName}(${idText(asked, cell)})`;
  return `/${setName}(${keyText(asked, key, cell)})`;
}

function idText(asked: string, cell: Cell): string {
  try {
    return fullId(String(cell));
  } catch (error) {
    if (error instanceof UserError) throw new Unsendable(asked, error.message);
    throw error;
  }
}

/** Signs that no address of a record may have, however they are encoded. */
const forbidden = /[/<>*%&:\\?+#]/;

/** `accountnumber='A1'`, as it stands in brackets, not encoded. Throws Unsendable for a value that no address can hold. */
export function keyText(asked: string, key: Wire, cell: Cell): string {
  const sign = typeof cell === 'string' && key.field.type === 'text' ? forbidden.exec(cell)?.[0] : undefined;
  if (sign !== undefined)
    throw new Unsendable(
      asked,
      `Dataverse finds no record by a key with "${sign}" in it; find the record by its id instead.`,
    );
  return `${key.property}=${literalFor(key, cell)}`;
}

/** Numbers are sent with all their digits, which a number of JavaScript has not. */
function valueText({ field, kind }: Wire, cell: Cell): string {
  if (cell === null) return 'null';
  if (kind === 'choices') return JSON.stringify(String(cell).replaceAll(';', ','));
  if (field.type === 'integer' || field.type === 'decimal' || field.type === 'number') return numeral(String(cell));
  if (field.type === 'datetime') return JSON.stringify(`${String(cell).slice(0, 19)}Z`);
  return JSON.stringify(cell);
}
