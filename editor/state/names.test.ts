import { describe, expect, test } from 'vitest';
import { idSchema, internalNameSchema } from '../../contract/workflow.ts';
import { freeLabel, internalName, makeId } from './names.ts';

describe('names of what is drawn', () => {
  test.each([
    ['Changed contacts', 'changedContacts'],
    ['CRM Connector', 'crmConnector'],
    ['Débit client', 'debitClient'],
    ['2nd try', 'node2ndTry'],
    ['薇', 'node'],
    ['JavaScript code', 'javaScriptCode'],
  ])('%s becomes an internal name', (label, expected) => {
    const name = internalName(label, new Set());
    expect(name).toBe(expected);
    expect(internalNameSchema.safeParse(name).success).toBe(true);
  });

  test('a name that is taken gets the next free number', () => {
    expect(internalName('Wait', new Set(['wait', 'wait2']))).toBe('wait3');
    expect(internalName('x'.repeat(120), new Set(['x'.repeat(56)])).length).toBeLessThanOrEqual(64);
    expect(freeLabel('Wait 2', new Set(['Wait 2', 'Wait 3']))).toBe('Wait 4');
  });

  test('ids fit the file format and do not repeat', () => {
    const ids = Array.from({ length: 500 }, () => makeId('n'));
    expect(ids.every((id) => idSchema.safeParse(id).success)).toBe(true);
    expect(new Set(ids).size).toBe(500);
  });
});
