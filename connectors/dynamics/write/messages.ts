/** Which messages for many records a table takes: custom tables take them, of Dataverse's own many, but not all. */
import { UserError } from '../../../contract/errors.ts';
import { Remembered } from '../../kit/reads.ts';
import type { Session } from '../session.ts';
import type { TableName } from '../tables.ts';

const messages = ['CreateMultiple', 'UpdateMultiple'] as const;
export type Message = (typeof messages)[number];

interface WireFilter {
  sdkmessageid: { name: string } | null;
}

export class Messages {
  readonly #session: Session;
  readonly #known = new Remembered<ReadonlySet<string>>();

  constructor(session: Session) {
    this.#session = session;
  }

  /** Only where all records of a message are written or none: of a table without transactions nobody would know which were. */
  async has({ name, isStandard }: TableName, message: Message): Promise<boolean> {
    return isStandard && (await this.#known.get(name, () => readMessages(this.#session, name))).has(message);
  }
}

/** Where the user of the connection may not ask, none: a batch does the same, record by record. */
async function readMessages(session: Session, table: string): Promise<ReadonlySet<string>> {
  const named = messages.map((message) => `sdkmessageid/name eq '${message}'`).join(' or ');
  const filter = encodeURIComponent(`primaryobjecttypecode eq '${table}' and (${named})`);
  const path = `sdkmessagefilters?$select=sdkmessagefilterid&$filter=${filter}&$expand=sdkmessageid($select=name)`;
  try {
    const rows = await session.page(
      path,
      { object: table },
      (text) => (JSON.parse(text) as { value: WireFilter[] }).value,
    );
    return new Set(rows.flatMap(({ sdkmessageid: message }) => message?.name ?? []));
  } catch (error) {
    if (!(error instanceof UserError) || error.code === 'CONNECTION_REFUSED') throw error;
    session.host.log(
      'warning',
      `Which messages ${table} takes is not known, so that each record is sent by itself: ${error.message}`,
    );
    return new Set();
  }
}
