import type { RecordWrite, SendLimit, WriteRequest } from '../../../contract/write.ts';
import type { Described } from '../describe.ts';
import type { Session } from '../session.ts';
import type { WriteField } from './wireFields.ts';

/** A record that is sent; new ones have an id of ours, so that none is made twice. */
export type Sent = RecordWrite & { id: string | null };

/** What a write works with. */
export interface WriteScope {
  session: Session;
  described: Described;
  request: WriteRequest;
  fields: readonly WriteField[];
  limit: SendLimit | undefined;
}
