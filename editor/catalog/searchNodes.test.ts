import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import type { NodeCatalog, NodeGroup } from '../../contract/node.ts';
import { defineNode } from '../../contract/node.ts';
import { rankNodes, searchNodes } from './searchNodes.ts';

const sample = (label: string, group: NodeGroup, keywords: string[] = [], description = 'x') =>
  defineNode({
    type: label.toLowerCase().replaceAll(' ', '-'),
    label,
    description,
    group,
    icon: 'IconBox',
    keywords,
    config: z.object({}),
    defaults: {},
    form: [],
    inputs: { min: 0, max: 1, join: 'each', rows: 'optional' },
    starts: null,
    ports: () => [],
    columns: () => ({}),
    summary: () => '',
  });
const catalog: NodeCatalog = new Map(
  [
    sample('Wait', 'flow', ['delay'], 'Waits for a time'),
    sample('CRM Connector', 'sources', ['salesforce', 'import']),
    sample('Deduplication', 'data', ['duplicates', 'unique']),
    sample('JavaScript code', 'code', ['script']),
  ].map((definition) => [definition.type, definition]),
);
const labels = (query: string) => rankNodes(catalog, query).map((definition) => definition.label);

describe('searching node types', () => {
  test('without a query all are shown, in the order of the groups', () => {
    expect(searchNodes(catalog, '').map(({ group }) => group)).toEqual(['sources', 'data', 'code', 'flow']);
  });

  test.each([
    ['dedup', ['Deduplication']],
    ['SALESFORCE', ['CRM Connector']],
    ['code java', ['JavaScript code']],
    ['unique', ['Deduplication']],
    ['nothing such', []],
  ])('%j finds %j', (query, expected) => {
    expect(labels(query)).toEqual(expected);
  });

  test('a name that begins with the query comes before one that only mentions it', () => {
    expect(labels('co')[0]).toBe('CRM Connector');
    expect(labels('wa')[0]).toBe('Wait');
  });
});
