import { expect, it } from 'vitest';
import type { CheckScope } from '../../contract/node.ts';
import { defaults } from './config.ts';
import { definition } from './definition.ts';

const node = { id: 'n', type: 'crm-connector', name: 'crm', label: 'CRM', x: 0, y: 0, config: {} };
const scope: CheckScope = { node, inputs: [], connections: null, workflows: null, workflow: 'drawn' };

it.each([
  ['"Berlin"', null],
  ['vars.city', null],
  ['Berlin', 'WORD_UNKNOWN'],
  ['"Berlin', 'CODE_SYNTAX'],
  ['', 'CONFIG_INVALID'],
])('the right side of a condition is read while drawing: %s', (value, code) => {
  const condition = { kind: 'condition', field: 'City', operator: 'eq', value };
  const filter = { kind: 'group', operator: 'and', items: [condition] };
  const issues = definition.check?.({ ...definition.defaults, object: 'Contact', filter }, scope) ?? [];
  const found = issues.filter(({ path }) => path === 'filter.items.0.value').map((issue) => issue.code);
  expect(found).toEqual(code === null ? [] : [code]);
});

it('an end of deletions before their start is found while drawing, at the end date', () => {
  const deleted = { period: 'between', from: '2026-06-30', to: '2026-06-29' };
  const issues = definition.check?.({ ...definition.defaults, operation: 'deleted', deleted }, scope) ?? [];
  expect(issues.filter(({ path }) => path?.startsWith('deleted.'))).toMatchObject([
    { path: 'deleted.to', severity: 'error', message: expect.stringContaining('lies before the start date') },
  ]);
});

const asDrawn = (config: object, capabilities: string[]) =>
  definition
    .check?.(
      { ...definition.defaults, connection: 'crm', object: 'contact', ...config },
      { ...scope, connections: [{ name: 'crm', kind: 'any', capabilities }] },
    )
    .map(({ path, severity }) => [path, severity]);

it.each([
  [{ everything: true }, 'readsDeleted', 'everything'],
  [
    { operation: 'export', export: { ...defaults.export, assignmentRule: '01Q' } },
    'assignmentRules',
    'export.assignmentRule',
  ],
])('what a CRM would refuse is found while drawing: %j needs %s', (config, ability, path) => {
  expect(asDrawn(config, ['crm'])).toContainEqual([path, 'error']);
  expect(asDrawn(config, ['crm', ability])).not.toContainEqual([path, 'error']);
});

it('deleted records beside those that changed need an import that change tracking can make', () => {
  const index = { ...defaults.index, enabled: true, gone: true };
  const orderBy = [{ field: 'lastname', direction: 'asc' as const }];
  expect(asDrawn({ index }, ['crm'])).not.toContainEqual(['index.gone', 'error']);
  expect(asDrawn({ index, orderBy }, ['crm'])).toContainEqual(['index.gone', 'error']);
});
