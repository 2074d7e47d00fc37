import { describe, expect, it } from 'vitest';
import { testEngine } from '../../test/harness/engine.ts';
import type { ExclusionConfig } from './definition.ts';

const engine = testEngine();
const columns = [{ name: 'Email', type: 'text' }] as const;
const keys: ExclusionConfig['keys'] = [{ column: 'Email', normalise: 'fold' }];
const gone = { type: 'wait', config: { mode: 'expression', expression: '1' }, onError: 'ignore' } as const;

const exclusion = (config: Partial<ExclusionConfig>) =>
  engine
    .flow({ rest: { type: 'exclusion', config } }, ['all -> rest', 'asked -> rest', 'left -> rest'])
    .withRows('left', columns, [['c']])
    .withRows('asked', columns, [['B'], [null]])
    .withRows('all', columns, [['a'], ['b'], ['c'], [null], ['b']]);

const emails = (rows: Record<string, unknown>[]) => rows.map((row) => row.Email);

describe('an Exclusion', () => {
  it('lets the records of the primary set pass that no other input has, each as often as it was there', async () => {
    const run = await exclusion({ sameBy: 'keys', keys }).finished();
    expect(emails(await run.rows('rest.success'))).toEqual(['a', null]);
  });

  it('gives those that were taken away as complement', async () => {
    const run = await exclusion({ sameBy: 'keys', keys, complement: true }).finished();
    expect(emails(await run.rows('rest.complement'))).toEqual(['b', 'c', 'b']);
  });

  it('takes the others away from the input that was chosen', async () => {
    const run = await exclusion({ primary: 'asked' }).finished();
    expect(emails(await run.rows('rest.success'))).toEqual(['B']);
  });

  const halfGone = (dead: 'all' | 'asked') =>
    engine
      .flow({ gone, rest: { type: 'exclusion', config: {} } }, [
        `${dead} -> gone`,
        dead === 'all' ? 'gone -> rest' : 'all -> rest',
        dead === 'all' ? 'asked -> rest' : 'gone -> rest',
      ])
      .withRows('asked', columns, [['a']])
      .withRows('all', columns, [['a'], ['b']]);

  it('takes nothing away for an input along which nothing came', async () => {
    const run = await halfGone('asked').finished();
    expect(emails(await run.rows('rest.success'))).toEqual(['a', 'b']);
    expect(run.log('rest')).toContain('Nothing came from gone: it takes nothing away');
  });

  it('fails with the reason when the primary set never came, also where it is only the first that was drawn', async () => {
    const run = await halfGone('all').finished();
    expect(run.error).toMatchObject({ code: 'PRIMARY_MISSING', details: { node: 'rest', from: 'gone' } });
  });

  it('says so when the inputs have no column in common', async () => {
    const run = await engine
      .flow({ rest: { type: 'exclusion' } }, ['a -> rest', 'b -> rest'])
      .withRows('b', [{ name: 'Id', type: 'text' }], [['1']])
      .withRows('a', columns, [['1']])
      .finished();
    expect(run.error?.message).toBe('sameBy: the inputs have no column in common.');
  });
});
