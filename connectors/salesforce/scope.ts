/** What the readers of both interfaces share: what is read, and how far it has come. */
import type { ReadPosition, ReadQuery, RemoteField } from '../../contract/connector.ts';
import type { Cell } from '../../contract/types.ts';
import type { Session } from './session.ts';
import type { FieldsByName, Keyset } from './soql.ts';
import type { ConvertedPage, ReadField } from './values.ts';
import { readFields } from './values.ts';

export interface ReadScope {
  session: Session;
  /** Fields of the object by lower-case name, for literals. */
  fields: FieldsByName;
  /** Field at any chosen path, parents included. */
  find(name: string): RemoteField | undefined;
}

/** How far a read has come: the keyset leads on by either interface, the job only while it is there. */
export interface Place {
  after: Keyset | null;
  /** Records read so far, those that became rejects too. */
  delivered: number;
  job: JobPlace | null;
}

export interface JobPlace {
  id: string;
  /** Of the result page; null: the first. */
  locator: string | null;
  /** Records of that page that were delivered. */
  skip: number;
  /** Records of the job that were delivered. */
  rows: number;
}

export const theBeginning: Place = { after: null, delivered: 0, job: null };

export function toPosition({ after, delivered, job }: Place): ReadPosition {
  return { ...after, delivered, ...(job ? { job: { ...job } } : {}) };
}

export function toPlace(position: ReadPosition | null): Place {
  if (position === null || typeof position !== 'object' || Array.isArray(position)) return theBeginning;
  const { stamp, id, delivered, job } = position;
  return {
    after: typeof id === 'string' ? { stamp: typeof stamp === 'string' ? stamp : null, id } : null,
    delivered: typeof delivered === 'number' ? delivered : 0,
    job: toJobPlace(job),
  };
}

function toJobPlace(job: Cell | undefined): JobPlace | null {
  if (job === null || typeof job !== 'object' || Array.isArray(job) || typeof job.id !== 'string') return null;
  return {
    id: job.id,
    locator: typeof job.locator === 'string' ? job.locator : null,
    skip: Number(job.skip ?? 0),
    rows: Number(job.rows ?? 0),
  };
}

/** What is asked for: what the user chose, and behind it what the reading itself needs. */
export interface Selection {
  names: string[];
  fields: ReadField[];
  /** Without what nobody chose. */
  cut(page: ConvertedPage): ConvertedPage;
}

/** Id and index field are always read: without them the read could not go on. */
export function select(scope: ReadScope, query: ReadQuery): Selection {
  const chosen = new Set(query.fields.map((field) => field.toLowerCase()));
  const needed = ['Id', ...(query.window ? [query.window.field] : [])].filter(
    (field) => !chosen.has(field.toLowerCase()),
  );
  const names = [...query.fields, ...needed];
  const width = query.fields.length;
  return {
    names,
    fields: readFields(names, scope.find, query.raw),
    cut: (page) => (needed.length === 0 ? page : { ...page, rows: page.rows.map((row) => row.slice(0, width)) }),
  };
}
