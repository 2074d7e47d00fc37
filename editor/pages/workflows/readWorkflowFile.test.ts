import { expect, test } from 'vitest';
import { formatVersion, serializeWorkflow, type Workflow } from '../../../contract/workflow.ts';
import { readWorkflowFile, readWorkflowText } from './readWorkflowFile.ts';

const workflow: Workflow = {
  formatVersion,
  internalName: 'contacts',
  label: 'Contacts',
  nodes: [],
  transitions: [],
};

test('a file that was exported is read as it was, with or without a byte order mark', () => {
  expect(readWorkflowText(serializeWorkflow(workflow)).workflow).toEqual(workflow);
  expect(readWorkflowText(`\uFEFF${serializeWorkflow(workflow)}`).workflow).toEqual(workflow);
});

test('text that is not JSON is refused with the reason and what to choose instead', () => {
  const { workflow: none, problem } = readWorkflowText('{"label": ');
  expect(none).toBeNull();
  expect(problem?.message).toMatch(/^The file is not JSON: /);
  expect(problem?.action).toMatch(/exported/);
});

test('JSON that is no workflow is refused with the problem of each field', () => {
  const { problem } = readWorkflowText(JSON.stringify({ ...workflow, label: '', nodes: 'none' }));
  expect(problem?.issues.map((issue) => issue.path)).toEqual(['label', 'nodes']);
});

test('a file of a newer format says which format it has', () => {
  const { problem } = readWorkflowText(JSON.stringify({ ...workflow, formatVersion: 99 }));
  expect(problem?.issues[0]?.code).toBe('FORMAT_UNKNOWN');
});

test('a file far too large to be a workflow is refused before it is read', async () => {
  const file = { size: 21_000_000, text: () => Promise.reject(new Error('was read')) };
  expect((await readWorkflowFile(file)).problem?.message).toBe('The file is larger than 20 MB.');
});
