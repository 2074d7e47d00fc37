import { beforeEach, expect, test } from 'vitest';
import type { Issue } from '../../contract/errors.ts';
import { makeIssue } from '../../contract/errors.ts';
import type { WorkflowNode } from '../../contract/workflow.ts';
import { allProblems, setProblems, setRefused, useProblems } from './problemsStore.ts';

const node: WorkflowNode = { id: 'n', type: 'query', name: 'n', label: 'N', x: 0, y: 0, config: {} };
const refusal: Issue = makeIssue(
  'FILTER_VALUE',
  { field: 'Score', reason: 'the text "many"', expected: 'number' },
  { nodeId: 'n', path: 'filter.items.0.value' },
);
const wrong = makeIssue(
  'CONFIG_INVALID',
  { field: 'filter.0', reason: 'write a value' },
  { nodeId: 'n', path: 'filter.0' },
);

beforeEach(() => setProblems([], null));

test('the path of a setting does not begin the sentence that stands beside its name', () => {
  setProblems([wrong], { nodes: [node] });
  expect(useProblems.getState().issues[0]?.message).toBe('Write a value.');
});

test('what was refused when settings were tried is a problem of the node until they change', () => {
  setRefused(node, refusal, { nodes: [node] });
  setProblems([wrong], { nodes: [{ ...node, label: 'Other' }] });
  expect(allProblems(useProblems.getState())).toMatchObject([{ code: 'CONFIG_INVALID' }, { code: 'FILTER_VALUE' }]);
  expect(useProblems.getState().byNode.get('n')).toEqual({ count: 2, severity: 'error' });
  setProblems([], { nodes: [{ ...node, config: { limit: 1 } }] });
  expect(allProblems(useProblems.getState())).toEqual([]);
  expect(useProblems.getState().byNode.size).toBe(0);
});

test('it is gone when the same settings are tried again and pass', () => {
  setRefused(node, refusal, { nodes: [node] });
  setRefused(node, null, { nodes: [node] });
  expect(allProblems(useProblems.getState())).toEqual([]);
});

test('what is refused of settings that the drawing has no more, or of another drawing, is no problem of it', () => {
  setRefused(node, refusal, { nodes: [{ ...node, config: { limit: 1 } }] });
  setRefused(node, refusal, { nodes: [] });
  setRefused(node, refusal, null);
  expect(allProblems(useProblems.getState())).toEqual([]);
});
