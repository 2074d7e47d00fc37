import { describe, expect, test } from 'vitest';
import { eventually } from '../test/harness/eventually.ts';
import { Lane } from './lane.ts';
import { openRecords } from './recordSession.ts';
import { Sandbox } from './sandbox.ts';
import { contextWith, countSandboxThreads } from './testing.ts';

const context = contextWith();
const native = 'Array.prototype.indexOf.call({ length: 2 ** 52 }, 1)';

describe.runIf(process.platform === 'linux')('threads', () => {
  test('are as many as asked for, of each kind, and none is left after close', async () => {
    const sandbox = new Sandbox({ workers: 2 });
    await Promise.all(Array.from({ length: 20 }, () => sandbox.evaluate({ expression: '1', context })));
    expect(countSandboxThreads()).toBe(2);
    await Promise.all(Array.from({ length: 6 }, () => sandbox.runScript({ source: 'vars.a = 1', context })));
    expect(countSandboxThreads()).toBe(4);
    await sandbox.close();
    expect(countSandboxThreads()).toBe(0);
  });

  test('are replaced when they had to be ended', async () => {
    const sandbox = new Sandbox({ workers: 1, limits: { timeoutMs: 200 } });
    for (let round = 0; round < 3; round++) {
      expect(await sandbox.evaluate({ expression: native, context })).toMatchObject({
        reason: 'timeout',
        message: expect.stringMatching(/^It ran longer than [\d.]+ s, which is its limit\.$/),
      });
      expect(await sandbox.evaluate({ expression: '1', context, limits: { timeoutMs: 10_000 } })).toMatchObject({
        ok: true,
      });
    }
    expect(countSandboxThreads()).toBe(1);
    await sandbox.close();
    expect(countSandboxThreads()).toBe(0);
  });

  test('that run user code when the sandbox is closed are ended, and who waits is told', async () => {
    const sandbox = new Sandbox({ workers: 1, limits: { timeoutMs: 60_000 } });
    const running = sandbox.evaluate({ expression: native, context });
    const waiting = sandbox.evaluate({ expression: '1', context });
    const script = sandbox.runScript({ source: 'for (;;);', context });
    await sandbox.render({ template: 'no tags', context });
    await sandbox.close();
    expect(await running).toMatchObject({ ok: false, reason: 'stopped' });
    expect(await waiting).toMatchObject({ ok: false, reason: 'stopped' });
    expect(await script).toMatchObject({ ok: false, reason: 'stopped' });
    expect(countSandboxThreads()).toBe(0);
    expect(await sandbox.evaluate({ expression: '1', context })).toMatchObject({ ok: false, reason: 'stopped' });
  });

  test('that had nothing to do for a while end, unless a session is open in them', async () => {
    const lane = new Lane(1, 1);
    const request = { columns: ['id'], context, fetchColumn: async () => [] };
    const opened = await openRecords(
      lane,
      { ...request, program: { kind: 'expressions', expressions: ['record.id'] } },
      {},
    );
    if (!opened.ok) throw new Error(opened.message);
    for (const id of [1, 2]) {
      const result = await opened.value.run({ id, columns: ['id'], rows: [[id]] });
      expect(result).toMatchObject({ ok: true, value: [{ values: [id] }] });
    }
    expect(countSandboxThreads()).toBe(1);
    const last = opened.value.run({ id: 3, columns: ['id'], rows: [[3]] });
    await opened.value.close();
    expect(await last).toMatchObject({ ok: true });
    await eventually(() => expect(countSandboxThreads()).toBe(0));
    await lane.close();
  });

  test('for expressions stay free while scripts and records wait for them', async () => {
    const sandbox = new Sandbox({ workers: 1 });
    const columns = ['id'];
    const rows = [[1]];
    const fetchColumn = async () => {
      const result = await sandbox.evaluate({ expression: '40 + 2', context });
      return [result.ok ? result.value : null];
    };
    const session = await sandbox.openRecords({
      program: { kind: 'expressions', expressions: ['record["i" + "d"]'] },
      columns,
      context,
      fetchColumn,
    });
    let isRead = false;
    const next = async () => {
      if (isRead || !session.ok) return null;
      isRead = true;
      const result = await session.value.run({ id: 1, columns: [], rows: [[]] });
      return result.ok ? result.value.map((record) => record.values ?? []) : rows;
    };
    const source = 'for await (const record of records) vars.id = record.id';
    const result = await sandbox.runScript({ source, context, input: { columns, next } });
    expect(result).toMatchObject({ ok: true, value: { vars: { id: 42 } } });
    await sandbox.close();
  });
});
