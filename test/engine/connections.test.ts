import { afterEach, describe, expect, it } from 'vitest';
import type { CrmClient } from '../../contract/connector.ts';
import { UserError } from '../../contract/errors.ts';
import type { Connector } from '../../server/engine/catalog.ts';
import { makeCatalog } from '../../server/engine/catalog.ts';
import type { Acts } from './draw.ts';
import { actCatalog, draw } from './draw.ts';
import type { UnderTest } from './engineUnderTest.ts';
import { engineUnderTest } from './engineUnderTest.ts';

let test: UnderTest | undefined;
afterEach(async () => test?.close());

/** A connector that notes what is done with it. */
async function withConnector(acts: Acts, refuse?: Error) {
  const notes: string[] = [];
  const connector: Connector = {
    definition: { kind: 'paper' } as Connector['definition'],
    open: async ({ settings, connectionName, log }) => {
      notes.push(`open ${connectionName} ${JSON.stringify(settings)}`);
      if (refuse) throw refuse;
      log('info', 'signed in', { as: 'test' });
      return { kind: 'paper', close: async () => void notes.push(`close ${connectionName}`) } as CrmClient;
    },
  };
  const catalog = makeCatalog(actCatalog(acts).nodes, new Map([['paper', connector]]));
  test = await engineUnderTest(acts, {
    catalog,
    loadConnection: async (name) => {
      if (name === 'gone') throw new UserError('CONNECTION_MISSING', { name });
      return { kind: name === 'other' ? 'stone' : 'paper', settings: { secret: 'in clear' } };
    },
  });
  return { notes, test };
}

const success = { ports: { success: null } };

describe('a connection', () => {
  it('is opened once for a task, with its settings, and closed after it, whatever becomes of the node', async () => {
    const { notes, test } = await withConnector({
      a: async (context) => {
        const first = await context.connect('mine');
        const second = await context.connect('mine');
        expect(second.client).toBe(first.client);
        expect(first.definition.kind).toBe('paper');
        if (context.vars.fail) throw new UserError('INVALID_INPUT', { reason: 'the test' });
        return success;
      },
    });
    const run = await test.finish(draw('a'));
    const opened = 'open mine {"secret":"in clear"}';
    expect(notes).toEqual([opened, 'close mine']);
    expect((await test.events(run.id)).find((event) => event.type === 'task.log')).toMatchObject({
      lines: [{ level: 'info', message: 'signed in' }],
    });
    await test.finish(draw('a'), { vars: { fail: true } });
    expect(notes).toEqual([opened, 'close mine', opened, 'close mine']);
  });

  it('that does not exist, or whose connector is gone, is named', async () => {
    const { test } = await withConnector({
      a: async (context) => {
        await context.connect(String(context.vars.name));
        return success;
      },
    });
    expect((await test.finish(draw('a'), { vars: { name: 'gone' } })).error).toMatchObject({
      code: 'CONNECTION_MISSING',
      details: { name: 'gone' },
    });
    expect((await test.finish(draw('a'), { vars: { name: 'other' } })).error).toMatchObject({
      code: 'CONNECTION_KIND',
      details: { name: 'other', kind: 'stone' },
    });
  });

  it('that cannot be opened fails the node with the reason, and is not closed', async () => {
    const refused = new UserError('CONNECTION_REFUSED', { reason: 'the test' });
    const { notes, test } = await withConnector(
      {
        a: async (context) => {
          await context.connect('mine');
          return success;
        },
      },
      refused,
    );
    expect((await test.finish(draw('a'))).error?.code).toBe('CONNECTION_REFUSED');
    expect(notes).toHaveLength(1);
  });
});
