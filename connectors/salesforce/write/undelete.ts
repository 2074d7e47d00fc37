/** Records out of the recycle bin: REST has no call for it, the partner SOAP interface takes the session of REST. */

import type { RecordResult, SendLimit } from '../../../contract/write.ts';
import { notUnderstood } from '../../kit/faults.ts';
import { decodeXml } from '../errors.ts';
import { fullId } from '../ids.ts';
import type { Session } from '../session.ts';
import { mostRecords } from './collections.ts';
import { refusal, written } from './refusals.ts';

/** Throws RECORD_ID_INVALID, before anything is sent. */
export async function undelete(
  session: Session,
  ids: readonly string[],
  limit: SendLimit | undefined,
): Promise<RecordResult[]> {
  if (ids.length > mostRecords) throw new RangeError(`${ids.length} records in one request`);
  // Letters and digits only: nothing in them could be taken for XML.
  const full = ids.map(fullId);
  if (full.length === 0) return [];
  const path = `/services/Soap/u/${session.host.settings.apiVersion}`;
  const asked = {
    method: 'POST' as const,
    headers: { Accept: 'text/xml', SOAPAction: '""' },
    content: { type: 'text/xml; charset=UTF-8', body: (token: string) => envelope(token, full) },
  };
  return session.once(path, asked, (text) => readResults(text, full.length), limit);
}

function envelope(token: string, ids: readonly string[]): string {
  const body = ids.map((id) => `<u:ids>${id}</u:ids>`).join('');
  return (
    '<?xml version="1.0" encoding="UTF-8"?>' +
    '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/" xmlns:u="urn:partner.soap.sforce.com">' +
    `<s:Header><u:SessionHeader><u:sessionId>${encodeXml(token)}</u:sessionId></u:SessionHeader></s:Header>` +
    `<s:Body><u:undelete>${body}</u:undelete></s:Body></s:Envelope>`
  );
}

const encodeXml = (text: string): string => text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);

function readResults(text: string, count: number): RecordResult[] {
  const results = elements(text, 'result');
  if (results.length !== count)
    throw notUnderstood(`an answer about other than the ${count} records that were asked for`);
  return results.map(readResult);
}

function readResult(result: string): RecordResult {
  const errors = elements(result, 'errors');
  const own = errors.reduce((rest, error) => rest.replace(error, ''), result);
  if (textOf(own, 'success') === 'true') return written(textOf(own, 'id'), false);
  const faults = errors.map((error) => ({
    statusCode: textOf(error, 'statusCode'),
    message: textOf(error, 'message'),
    fields: elements(error, 'fields').map(decodeXml),
  }));
  const [first, ...more] = faults;
  if (!first) throw notUnderstood('an answer that does not say what became of a record');
  return refusal([first, ...more], 'update');
}

/** What stands in each element of a name, whatever its prefix. None of those asked for holds another of its name. */
function elements(text: string, name: string): string[] {
  const found = text.matchAll(
    new RegExp(`<(?:\\w+:)?${name}(?:\\s[^>]*)?(?:/>|>([\\s\\S]*?)</(?:\\w+:)?${name}>)`, 'g'),
  );
  return [...found].map(([, inner = '']) => inner);
}

const textOf = (text: string, name: string): string => decodeXml(elements(text, name)[0] ?? '').trim();
