/** Deliveries that an attempt has left half-way, and runs that are tried again. */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Cell, Column } from '../../contract/types.ts';
import { type MarketingCloud, startMarketingCloud } from '../../demo/marketing-cloud/index.ts';
import { testEngine } from '../../test/harness/engine.ts';
import { passTime } from '../../test/harness/passTime.ts';
import type { DataExtensionConfig } from './config.ts';

let cloud: MarketingCloud;
beforeAll(async () => {
  cloud = await startMarketingCloud({ subscribers: 20 });
});
beforeEach(() => {
  cloud.org.faults.clear();
  cloud.org.requests.clear();
  // One of them steps: what the other one says is to be from about now.
  cloud.org.clock.set(engine.clock.now().toISOString());
  const ftp = cloud.org.locations.byKey('ExactTarget Enhanced FTP');
  if (ftp) ftp.folder = join(engine.filesFolder, 'ftp');
});
afterAll(() => cloud.close());

const engine = testEngine({
  loadConnection: async (name) => {
    if (name === 'files') return { kind: 'local-folder', settings: { folder: 'ftp' } };
    const { url, clientId, clientSecret } = cloud;
    return { kind: 'marketing-cloud', settings: { subdomain: url, clientId, clientSecret, accountId: '' } };
  },
});

const columns: Omit<Column, 'label'>[] = [
  { name: 'ContactKey', type: 'text' },
  { name: 'Score', type: 'integer' },
  { name: 'Since', type: 'text' },
];

const flow = (config: Partial<DataExtensionConfig>, rows: Cell[][]) =>
  engine
    .flow(
      {
        send: {
          type: 'data-extension',
          config: {
            connection: 'cloud',
            extension: 'AUDIENCE',
            mode: 'upsert',
            key: [{ column: 'ContactKey', attribute: '' }],
            custom: ['Score'],
            files: 'files',
            ...config,
          },
        },
      },
      ['input -> send'],
    )
    .withRows(
      'input',
      columns,
      rows.map(([key = null, score = null, since = null]) => [key, score, since]),
    );

async function play(kind: string, match: object, more: object = {}): Promise<void> {
  const body = JSON.stringify({ kind, match, ...more });
  await fetch(`${cloud.url}/__demo/faults`, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
}

const imports = () => cloud.org.imports.of(cloud.accountId);
const puts = (): number => cloud.org.requests.since(0).filter(({ method }) => method === 'PUT').length;
const holds = (key: string): boolean => cloud.org.byKey(cloud.accountId, 'AUDIENCE')?.find([key]) !== undefined;

/** How many times a run of this kind writes something down before it opens what it writes its delivery down in. */
async function appendsBeforeDelivery(drawn: ReturnType<typeof flow>): Promise<number> {
  let [appends, before] = [0, 0];
  const onCall = async (call: string): Promise<void> => {
    if (call === 'append') appends += 1;
    if (call === 'writer') before = appends;
  };
  expect((await drawn.watched('send', { onCall }).finished()).describe()).toMatch(/^succeeded/);
  return before;
}

describe('an import', () => {
  const byFile = { delivery: 'file' } as const;
  const starts = { body: 'PerformRequestMsg' };

  it('that failed is begun with its file again when the run is retried', async () => {
    await play('fail-work', starts, { times: 1 });
    const before = imports().length;
    const started = await flow(byFile, [['failed', 1]]).started();
    expect((await started.finished()).task('send').error).toMatchObject({ code: 'IMPORT_FAILED' });
    await started.retry();
    expect((await started.finished()).describe()).toMatch(/^succeeded/);
    expect([imports().length - before, holds('failed')]).toEqual([2, true]);
    expect((await readdir(join(engine.filesFolder, 'ftp', 'Import'))).length).toBe(1);
  });

  it.each(['before', 'after'] as const)(
    'is started once though the attempt that started it died %s its task was written down',
    async (when) => {
      const calm = flow(byFile, [[`calm ${when}`, 1]]);
      // Two looks while the file is laid, the file, the time to start it in, and then the task.
      const number = (await appendsBeforeDelivery(calm)) + 5;
      const before = imports().length;
      const drawn = flow(byFile, [[`died ${when}`, 1]]).interrupted('send', { call: 'append', number, when });
      const run = await passTime(engine, await drawn.started(), 'send', 121_000);
      expect(run.describe()).toMatch(/^succeeded/);
      expect(run.task('send').attempt).toBeGreaterThan(1);
      expect([imports().length - before, holds(`died ${when}`)]).toEqual([1, true]);
    },
  );

  it('of which nothing is told is given up by the second retry, and then begun anew', async () => {
    await play('slow-work', starts, { ms: 600_000, times: 1 });
    const before = imports().length;
    const started = await flow(byFile, [['silent', 1]]).started();
    await expect.poll(() => imports().length).toBe(before + 1);
    Object.assign(imports().at(-1)!, { status: 'Unknown' });
    const first = await passTime(engine, started, 'send', 3_600_000);
    expect(first.task('send').error).toMatchObject({ code: 'IMPORT_NO_END' });
    await started.retry();
    const second = await passTime(engine, started, 'send', 3_600_000);
    expect(second.task('send').error).toMatchObject({
      code: 'IMPORT_LOST',
      message: expect.stringMatching(/waited for 2 times 1 hours; last it said "Unknown"/),
    });
    expect(imports().length).toBe(before + 1);
    await started.retry();
    expect((await passTime(engine, started, 'send', 15_000)).describe()).toMatch(/^succeeded/);
    expect([imports().length, holds('silent')]).toEqual([before + 2, true]);
  });
});

describe('an attempt that slept', () => {
  const own = globalThis.fetch;

  /** What a machine that sleeps under the first request of that kind looks like to the program when it wakes. */
  function sleepUnder(isIt: (request: RequestInit | undefined) => boolean): Disposable {
    let slept = false;
    globalThis.fetch = (address, request) => {
      if (slept || !isIt(request)) return own(address, request);
      slept = true;
      engine.clock.step(150_000);
      return Promise.reject(new TypeError('fetch failed'));
    };
    return {
      [Symbol.dispose]() {
        globalThis.fetch = own;
      },
    };
  }

  it('sends no rows any more: newer ones may be there', async () => {
    using _ = sleepUnder((request) => request?.method === 'PUT');
    const once = { retry: { attempts: 1, delay: 0, maxDelay: 0 } };
    const run = await flow({}, [['slept', 1]])
      .with('send', once)
      .finished();
    expect(run.task('send').error).toMatchObject({ code: 'SENT_TOO_LATE' });
    expect([puts(), holds('slept')]).toEqual([0, false]);
  });

  it('starts no import any more', async () => {
    using _ = sleepUnder((request) => String(request?.body).includes('PerformRequestMsg'));
    const once = { retry: { attempts: 1, delay: 0, maxDelay: 0 } };
    const before = imports().length;
    const run = await flow({ delivery: 'file' }, [['slept', 1]])
      .with('send', once)
      .finished();
    expect(run.task('send').error).toMatchObject({ code: 'SENT_TOO_LATE' });
    expect([imports().length, holds('slept')]).toEqual([before, false]);
  });

  /** The attempt dies under its first rows, and another engine takes over. */
  async function dieUnderRows(drawn: ReturnType<typeof flow>, timeZone?: string) {
    const sent = Promise.withResolvers<void>();
    globalThis.fetch = (address, request) => {
      if (request?.method !== 'PUT') return own(address, request);
      sent.resolve();
      const { promise, reject } = Promise.withResolvers<Response>();
      request.signal?.addEventListener('abort', () => reject(request.signal?.reason));
      return promise;
    };
    const started = await drawn.started();
    await sent.promise;
    await engine.restart(timeZone);
    globalThis.fetch = own;
    return started;
  }

  it('or died under a request is waited for by the next one as long as it may send', async () => {
    const started = await dieUnderRows(flow({}, [['next', 1]]));
    await started.reached('send', 'waiting');
    expect(puts()).toBe(0);
    expect((await passTime(engine, started, 'send', 31_000)).describe()).toMatch(/^succeeded/);
    expect([puts(), holds('next')]).toEqual([1, true]);
  });

  it('is gone on with when the columns of the key have changed their places', async () => {
    const key = [
      { column: 'ContactKey', attribute: 'OrderId' },
      { column: 'Score', attribute: 'LineNumber' },
    ];
    const attributes = [{ column: 'Score', attribute: 'Quantity' }];
    const drawn = flow({ extension: 'order-lines', key, attributes, custom: [] }, [
      ['places', 7],
      ['places', 7],
    ]);
    const started = await dieUnderRows(drawn);
    const { fields } = cloud.org.byKey(cloud.accountId, 'order-lines')!;
    fields.splice(0, 2, ...fields.slice(0, 2).reverse());
    const run = await passTime(engine, started, 'send', 31_000);
    fields.splice(0, 2, ...fields.slice(0, 2).reverse());
    expect((await run.rows('send.reject')).map(({ errorCode }) => errorCode)).toEqual(['DUPLICATE_KEY']);
    expect(await run.rows('send.success')).toMatchObject([{ ContactKey: 'places', Score: 7 }]);
  });

  it('is gone on with in the time zone in which its rows were looked at', async () => {
    const key = [{ column: 'ContactKey', attribute: 'SubscriberKey' }];
    const attributes = [
      { column: 'ContactKey', attribute: 'EmailAddress' },
      { column: 'Since', attribute: 'BirthDate' },
    ];
    const drawn = flow({ extension: 'SUBSCRIBERS', key, attributes, custom: [] }, [
      ['zone@mail.example', 1, '2026-01-05 18:00'],
    ]);
    const started = await dieUnderRows(drawn, 'Asia/Tokyo');
    const run = await passTime(engine, started, 'send', 31_000);
    await engine.restart();
    expect(run.describe()).toMatch(/^succeeded/);
    const row = cloud.org.byKey(cloud.accountId, 'SUBSCRIBERS')?.find(['zone@mail.example']);
    expect(JSON.stringify(row)).toContain('2026-01-05T12:00:00.000');
  });
});
