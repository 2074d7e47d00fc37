import { expect, it } from 'vitest';
import { optionNamePattern } from '../../contract/run.ts';
import { markName } from './markName.ts';

it('tells an option and a table from others whose names are put together alike, long ones too', () => {
  const long = 'x'.repeat(195);
  const parts: [string, string][] = [
    ['LAST_crm', 'contact'],
    ['LAST', 'crm_contact'],
    [`${long}_crm`, 'contact'],
    [long, 'crm_contact'],
  ];
  const names = parts.map(([option, table]) => markName('CHANGE_MARK', option, table));
  expect(new Set(names).size).toBe(parts.length);
  for (const name of names) expect(name).toMatch(optionNamePattern);
});
