/** Makes rows of events, or says why an event is none. */
import { readName, readPayload } from '../../contract/hook.ts';
import type { Cell } from '../../contract/types.ts';
import { toCell } from '../../contract/types.ts';
import type { RejectReason } from '../kit/rejects.ts';
import { ownReason } from '../kit/rejects.ts';
import type { WebhookColumn, WebhookConfig } from './config.ts';
import type { TypedEvent } from './schemas/checker.ts';
import { SchemaChecker } from './schemas/checker.ts';
import type { Misfit } from './schemas/messages.ts';

export interface Arrival {
  event: unknown;
  /** When its call came (ISO). */
  at: string;
  /** From 1, in the order in which they came. */
  position: number;
}

type Judged = { cells: Cell[] } | { reason: RejectReason; event: unknown };

export class Judge {
  readonly #config: WebhookConfig;
  readonly #checker: SchemaChecker;
  readonly #types: ReadonlySet<string>;

  constructor(config: WebhookConfig) {
    this.#config = config;
    this.#checker = new SchemaChecker(config.events);
    this.#types = new Set(config.events.map(({ type }) => type));
  }

  /** In their order. Throws UserError EVENT_SCHEMA_BROKEN or EVENT_SCHEMA_SLOW. */
  async read(arrivals: readonly Arrival[]): Promise<Judged[]> {
    const reasons = arrivals.map(({ event }) => this.#refuse(event));
    const misfits = await this.#findMisfits(arrivals, reasons);
    return arrivals.map((arrival, index) => {
      const { event } = arrival;
      const reason = reasons[index] ?? misfits.get(arrival) ?? null;
      return reason ? { reason, event } : toRow(this.#config.columns, arrival);
    });
  }

  close(): void {
    this.#checker.close();
  }

  /** What can be seen without its schema. */
  #refuse(event: unknown): RejectReason | null {
    const { eventId, eventType } = this.#config;
    if (event === null || typeof event !== 'object') return misread('', 'the record is no object');
    if (eventId !== '' && readName(event, eventId) === null)
      return ownReason('EVENT_ID_MISSING', { path: eventId }, [eventId]);
    if (eventType === '') return null;
    const type = readName(event, eventType);
    if (type === null) return ownReason('EVENT_TYPE_MISSING', { path: eventType }, [eventType]);
    return this.#types.has(type) ? null : ownReason('EVENT_TYPE_UNKNOWN', { type }, [eventType]);
  }

  async #findMisfits(
    arrivals: readonly Arrival[],
    reasons: readonly (RejectReason | null)[],
  ): Promise<Map<Arrival, RejectReason>> {
    const { eventType } = this.#config;
    if (eventType === '') return new Map();
    const open = arrivals.filter((_, index) => reasons[index] === null);
    const typed = open.map(({ event }): TypedEvent => ({ type: readName(event, eventType) ?? '', event }));
    const found = await this.#checker.check(typed);
    return new Map(
      open.flatMap((arrival, index) => {
        const [misfit, type] = [found[index] ?? null, typed[index]?.type ?? ''];
        return misfit === null ? [] : [[arrival, misfitReason(type, misfit)] as const];
      }),
    );
  }
}

function misfitReason(type: string, misfit: Misfit | 'slow'): RejectReason {
  if (misfit === 'slow') return ownReason('EVENT_SCHEMA_SLOW', { type });
  const { pointer, reason } = misfit;
  const place = pointer === '' ? 'the event' : pointer;
  return ownReason('EVENT_SCHEMA', { type, reason: `${place} ${reason}` }, pointer === '' ? [] : [pointer]);
}

const misread = (column: string, reason: string): RejectReason =>
  ownReason('TYPE_MISMATCH', { column, reason }, column === '' ? [] : [column]);

function toRow(columns: WebhookConfig['columns'], arrival: Arrival): Judged {
  const cells: Cell[] = [];
  for (const column of columns) {
    const cell = toCell(column.type, readColumn(column, arrival));
    if (!cell.ok) return { reason: misread(column.name, cell.reason), event: arrival.event };
    cells.push(cell.value);
  }
  return { cells };
}

function readColumn({ name, value, from }: WebhookColumn, { event, at, position }: Arrival): unknown {
  if (value === 'received') return at;
  if (value === 'position') return position;
  if (value === 'event') return event;
  return readPayload(event, from || name);
}
