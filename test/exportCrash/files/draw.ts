/** What is sent to a data extension in one case, by which way, and everything that goes wrong meanwhile. */
import type { Draw, Fault, Strike, Troubles } from '../drawing.ts';
import { drawing, drawRows, drawStrike, namedTroubles, oneExpiry } from '../drawing.ts';

export type Way = 'sftp' | 's3' | 'rest';

/** What happens on the way to the file server. */
export interface WireStrike extends Pick<Strike, 'which' | 'length'> {
  kind: 'cut' | Strike['kind'];
  /** So much of the file has gone there, from 0 to 1; below 0: who wants to write is still signing in. */
  sent: number;
  /** And since then so many pieces have come back. */
  answers: number;
}

export interface FileCase extends Troubles {
  way: Way;
  mode: 'update' | 'upsert';
  rows: number;
  /** Whether a long text belongs to each row, so that files are large. */
  wide: boolean;
  /** Whether the file comes into being under another name. */
  draft: boolean;
  /** Whether the import is started, too. */
  start: boolean;
  wire: WireStrike[];
}

/** Rows of one request to REST, and keys of one question. */
const [rowsOfRequest, keysOfQuestion] = [1_000, 200];

export function drawFileCase(ways: readonly Way[], seed: number, mostRows: number): FileCase {
  const draw = drawing(seed);
  const { upTo, one, some } = draw;
  const way = one(ways);
  const rows = drawRows(draw, mostRows);
  const byFile = way !== 'rest';
  const mode = one(['update', 'upsert'] as const);
  const questions = Math.ceil(rows / keysOfQuestion);
  const requests = 12 + (byFile ? upTo(2) * questions : Math.ceil(rows / rowsOfRequest) * 3 + questions);
  return {
    way,
    mode,
    rows,
    wide: upTo(3) === 0,
    draft: byFile && upTo(5) > 0,
    start: !byFile || upTo(6) > 0,
    faults: oneExpiry(
      some(4, () => (byFile ? importFault(draw) : rowsFault(draw, requests))),
      'expire-token',
    ),
    strikes: some(byFile ? 2 : 3, () => drawStrike(draw, requests)),
    wire: byFile ? some(3, () => drawWireStrike(draw)).toSorted((a, b) => a.sent - b.sent) : [],
  };
}

/** The end of the file counts most: behind it lie its check, its new name, and that nobody may have heard of it. */
function drawWireStrike({ random, upTo, one }: Draw): WireStrike {
  const atEnd = upTo(5) < 3;
  return {
    kind: one(['cut', 'cut', 'kill', 'sleep']),
    sent: atEnd ? 1 : random() * 1.1 - 0.1,
    answers: atEnd ? upTo(8) : 0,
    which: random(),
    length: 100 + upTo(900),
  };
}

const soap = { path: '/Service.asmx' };
const starts = { ...soap, body: 'PerformRequestMsg' };
const results = { ...soap, body: 'ImportResultsSummary' };
const definitions = { path: '/automation/v1/imports' };
const onWire = ['reset-after', 'reset-before', 'reset-mid-body', 'truncated-body', 'status', 'html', 'expire-token'];

function importFault({ upTo, one }: Draw): Fault {
  const place = { after: upTo(2), times: 1 + upTo(2) };
  const atStart = { match: starts, after: upTo(2), times: 1 };
  return one<Fault>([
    { kind: one(onWire), match: one([starts, starts, results, definitions, soap]), ...place },
    { kind: 'reset-after', match: starts, ...place },
    soapFault({ match: one([starts, results, soap]), ...place }),
    refusedStart(atStart),
    { kind: 'slow-work', ...atStart, ms: upTo(4_500) },
    { kind: 'fail-work', ...atStart, rows: upTo(2) * upTo(500) },
    { kind: 'lose-rows', ...atStart, rows: 1 + upTo(30) },
    { kind: 'refuse-rows', ...atStart, records: [upTo(5), 5 + upTo(30)] },
    { kind: 'rate-limit', match: one([definitions, soap]), ...place, ms: one([1_000, 20_000]) },
  ]);
}

function rowsFault({ upTo, one }: Draw, requests: number): Fault {
  const sent = { path: '/data/v1/async', method: 'PUT' };
  const asked = { path: '/data/v1/async', method: 'GET' };
  const place = { after: upTo(requests / 3), times: 1 + upTo(2) };
  const work = { match: sent, after: upTo(3), times: 1 };
  return one<Fault>([
    { kind: one(onWire), match: one([sent, sent, asked, soap]), ...place },
    { kind: 'reset-after', match: sent, after: upTo(3), times: 1 + upTo(2) },
    { kind: 'reset-after', match: sent, after: upTo(3), times: 1 + upTo(2) },
    soapFault({ match: soap, ...place }),
    { kind: 'slow-work', ...work, ms: upTo(4_500) },
    { kind: 'fail-work', ...work },
    { kind: 'lose-rows', ...work, rows: 1 + upTo(30) },
    { kind: 'refuse-rows', ...work, records: [upTo(5), 5 + upTo(30)] },
    { kind: 'rate-limit', match: one([sent, asked]), ...place, ms: one([1_000, 20_000]) },
  ]);
}

const envelope = (body: string): string =>
  `<?xml version="1.0"?><soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"><soap:Body>${body}</soap:Body></soap:Envelope>`;

type Place = Pick<Fault, 'match' | 'after' | 'times'>;

const soapFault = (place: Place): Fault => ({
  kind: 'status',
  ...place,
  status: 500,
  contentType: 'text/xml',
  body: envelope(
    '<soap:Fault><faultcode>soap:Server</faultcode><faultstring>There was an error.</faultstring></soap:Fault>',
  ),
});

/** What ends a run that is to be retried. */
const refusedMark = 'The definition is in use.';

const refusedStart = (place: Place): Fault => ({
  kind: 'status',
  ...place,
  status: 200,
  contentType: 'text/xml',
  body: envelope(
    `<PerformResponseMsg xmlns="http://exacttarget.com/wsdl/partnerAPI"><Results><Result><StatusCode>Error</StatusCode><StatusMessage>${refusedMark}</StatusMessage></Result></Results><OverallStatus>Error</OverallStatus></PerformResponseMsg>`,
  ),
});

export function describeFileCase({ way, mode, rows, wide, draft, start, wire, ...troubles }: FileCase): string {
  const how = [wide && 'wide', way !== 'rest' && !draft && 'no draft', !start && 'file only'].filter(Boolean);
  const onWay = wire.map(({ kind, sent, answers }) => `${kind} at ${sent.toFixed(2)}+${answers}`);
  return [`${mode} by ${way}`, `${rows} rows`, ...how, namedTroubles(troubles), ...onWay].join(', ');
}
