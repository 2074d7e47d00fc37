/** Problems of the code in a node's settings, found without running it. */
import type { CodeKind } from './code.ts';
import { findBareWord, findCodeProblem } from './code.ts';
import type { Issue } from './errors.ts';
import { makeIssue } from './errors.ts';
import type { FormField } from './form.ts';
import { holds, readPath, shownFields } from './form.ts';
import type { NodeDefinition } from './node.ts';
import type { WorkflowNode } from './workflow.ts';

export interface CodePlace {
  nodeId: string;
  /** In the node's config, or `initScript`. */
  path: string;
  /** What a person reads above the field. */
  label: string;
}

/** In everything that the form of the node shows, and in its initialization script. Never throws for odd configs. */
export function checkCode(node: WorkflowNode, definition: NodeDefinition): Issue[] {
  const place = { nodeId: node.id, path: 'initScript', label: 'Initialization script' };
  return [
    ...checkFields(node.id, definition.form, { ...definition.defaults, ...node.config }, ''),
    ...codeIssues('script', node.initScript ?? '', place),
  ];
}

function checkFields(nodeId: string, fields: readonly FormField[], config: unknown, base: string): Issue[] {
  return shownFields(fields, config).flatMap((field) => {
    const path = base + field.name;
    const value = readPath(config, field.name);
    if (field.kind === 'list') {
      const items: unknown[] = Array.isArray(value) ? value : [];
      return items.flatMap((item, index) => checkFields(nodeId, field.item, item, `${path}.${index}.`));
    }
    const kind = codeKind(field, config);
    return kind && typeof value === 'string' ? codeIssues(kind, value, { nodeId, path, label: field.label }) : [];
  });
}

function codeKind(field: FormField, config: unknown): CodeKind | null {
  if (field.kind === 'expression' || field.kind === 'template') return field.kind;
  if (field.kind !== 'script') return null;
  return field.perRecord && holds(field.perRecord, config) ? 'recordScript' : 'script';
}

/** For code that no form shows: a panel of its own calls it in the definition's `check`. */
export function codeIssues(kind: CodeKind, text: string, { nodeId, path, label }: CodePlace): Issue[] {
  const quoted = kind === 'expression' ? findBareWord(text) : null;
  if (quoted !== null) {
    const issue = makeIssue('WORD_UNKNOWN', { word: text.trim(), quoted }, { nodeId, path });
    return [{ ...issue, fix: { value: quoted } }];
  }
  const problem = findCodeProblem(kind, text);
  if (!problem) return [];
  const details = { what: `"${label}"`, where: ` in line ${problem.line}`, reason: problem.reason };
  return [makeIssue('CODE_SYNTAX', details, { nodeId, path })];
}
