import { expect, test } from 'vitest';
import { pathToRecord } from './pathToRecord.ts';

test.each([
  [{ Id: 'x', recordId: '003 1' }, '/exports/e?search=003+1'],
  [{ recordId: null, errorCode: 'NO_MATCH' }, '/exports/e?code=NO_MATCH'],
  [{ name: 'Anna' }, '/exports/e'],
])('a row with %j is looked for in its export', (cells, path) => {
  expect(pathToRecord('e', cells)).toBe(path);
});
