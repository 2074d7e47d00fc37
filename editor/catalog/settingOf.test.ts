import { expect, test } from 'vitest';
import { makeIssue } from '../../contract/errors.ts';
import { settingOf } from './settingOf.ts';

test.each([
  ['crm-connector', 'filter.items.0.value', 'Filter'],
  ['crm-connector', 'export.mapping.2.source', 'Mapping 3'],
  ['crm-connector', 'export.mapping', 'Mapping'],
  ['crm-connector', 'export.planOnly', 'Run as plan'],
  ['query', 'orderBy.0.field', 'Order by 1'],
  ['replicate', 'objects', 'Objects'],
  ['query', 'filters', null],
  ['not-installed', 'filter', null],
])('a problem of a node of the type %s at %s is one of the setting %s', (type, path, label) => {
  const issue = makeIssue('CONFIG_INVALID', { field: path, reason: 'write a value' }, { nodeId: 'n', path });
  expect(settingOf(issue, { type })).toBe(label);
});
