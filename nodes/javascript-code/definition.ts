import { z } from 'zod';
import { findAssigned } from '../../contract/code.ts';
import type { Issue } from '../../contract/errors.ts';
import { makeIssue } from '../../contract/errors.ts';
import type { CheckScope, InputColumns } from '../../contract/node.ts';
import { defineNode } from '../../contract/node.ts';
import type { Column } from '../../contract/types.ts';
import { columnTypeSchema } from '../../contract/types.ts';
import { configIssue, passedColumns } from '../kit/columns.ts';
import { tolerant } from '../kit/config.ts';
import { rejectPort, successPort } from '../kit/ports.ts';
import { withRejectColumns } from '../kit/rejects.ts';
import { form } from './form.ts';

const declaredSchema = z.strictObject({
  name: z.string().max(255).default(''),
  type: columnTypeSchema.default('text'),
});
const shape = z.strictObject({
  mode: z.enum(['run', 'record']).default('run'),
  script: z.string().max(100_000).default(''),
  columns: z.array(declaredSchema).max(500).default([]),
});
export type JavascriptCodeConfig = z.output<typeof shape>;

const defaults: JavascriptCodeConfig = { mode: 'run', script: '', columns: [] };
const read = tolerant(shape, defaults);

function refine(config: JavascriptCodeConfig, ctx: z.RefinementCtx): void {
  if (config.script.trim() === '') ctx.addIssue({ code: 'custom', path: ['script'], message: 'write a script' });
  const names = config.columns.map((column) => column.name);
  names.forEach((name, index) => {
    const repeated = names.indexOf(name) !== index;
    const message = name === '' ? 'name the column' : repeated ? `another column is called "${name}" too` : null;
    if (message) ctx.addIssue({ code: 'custom', path: ['columns', index, 'name'], message });
  });
}

/** The columns that the script declares, without those that cannot be columns yet. */
export function declaredColumns({ columns }: JavascriptCodeConfig): Column[] {
  const named = columns.filter(({ name }, index) => {
    return name !== '' && columns.findIndex((column) => column.name === name) === index;
  });
  return named.map(({ name, type }) => ({ name, label: name, type }));
}

/** Per record: a declared column takes the place of one of the same name, or stands behind the others. */
export function changedColumns(input: readonly Column[], declared: readonly Column[]): Column[] {
  const types = new Map(declared.map((column) => [column.name, column.type]));
  const changed = input.map((column) => ({ ...column, type: types.get(column.name) ?? column.type }));
  return [...changed, ...declared.filter((column) => !input.some((own) => own.name === column.name))];
}

function columns(given: unknown, inputs: InputColumns[]): Record<string, Column[] | null> {
  const config = read(given);
  const declared = declaredColumns(config);
  const passed = passedColumns(inputs);
  if (config.mode === 'run') return { success: declared.length > 0 ? declared : passed };
  return { success: passed && changedColumns(passed, declared), reject: passed && withRejectColumns(passed) };
}

/** Per record there must be records: a transition that carries none is seen only when it runs. */
function check(config: JavascriptCodeConfig, scope: CheckScope): Issue[] {
  if (config.mode !== 'record') return [];
  const { node, inputs } = scope;
  const values = { node: node.label, needed: 'an inbound transition' };
  const bare = inputs.length === 0 ? [makeIssue('INPUT_MISSING', values, { nodeId: node.id, path: 'mode' })] : [];
  return [...bare, ...lostValues(config, scope)];
}

/** What is set without being declared travels on as it came. */
function lostValues({ script, columns }: JavascriptCodeConfig, scope: CheckScope): Issue[] {
  const lost = findAssigned(script).filter((name) => !columns.some((column) => column.name === name));
  if (lost.length === 0) return [];
  const names = lost.map((name) => `"${name}"`).join(', ');
  const reason = `the script sets ${names}, which it does not give: add it to the columns below, or the value is lost`;
  return [configIssue(scope, 'script', reason, 'warning')];
}

function summary(given: unknown): string {
  const config = read(given);
  const first =
    config.script
      .split('\n')
      .map((line) => line.trim())
      .find((line) => line !== '') ?? '';
  const about = first.startsWith('//') ? first.replace(/^\/+\s*/, '').slice(0, 50) : '';
  const when = config.mode === 'run' ? 'once per run' : 'per record';
  return about === '' ? when : `${when} · ${about}`;
}

export const definition = defineNode<JavascriptCodeConfig>({
  type: 'javascript-code',
  label: 'JavaScript code',
  description: 'Runs your own JavaScript, once or for each record.',
  group: 'code',
  icon: 'IconBraces',
  keywords: ['script', 'code', 'js', 'transform', 'compute', 'setoption', 'advanced javascript code', 'edit schema'],
  config: shape.superRefine(refine),
  defaults,
  form,
  inputs: { min: 0, max: null, join: 'each', rows: 'optional' },
  starts: null,
  ports: (config) => (read(config).mode === 'run' ? [successPort] : [successPort, rejectPort]),
  columns,
  check,
  summary,
});
