/** A node type of tests: gives rows that a test has put down, however many they are. */
import { z } from 'zod';
import { defineNode } from '../../contract/node.ts';
import type { Cell, Column } from '../../contract/types.ts';
import { successPort } from '../../nodes/kit/ports.ts';
import type { NodeRun } from '../../nodes/kit/run.ts';
import type { NodeType } from '../../server/engine/catalog.ts';

export interface GivenRows {
  columns: Column[];
  rows: Cell[][];
}

/** Behind the workflow's file: rows would make it large. */
const given = new Map<string, GivenRows>();

export function putRows(rows: GivenRows): string {
  const id = `rows ${given.size + 1}`;
  given.set(id, rows);
  return id;
}

function takeRows(id: string): GivenRows {
  const rows = given.get(id);
  if (!rows) throw new Error(`No test has put down the rows "${id}".`);
  return rows;
}

interface RowsConfig {
  id: string;
}

const definition = defineNode<RowsConfig>({
  type: 'rows-of-test',
  label: 'Rows',
  description: 'Gives the rows that a test has put down.',
  group: 'sources',
  icon: 'IconTable',
  keywords: [],
  config: z.strictObject({ id: z.string() }),
  defaults: { id: '' },
  form: [],
  inputs: { min: 0, max: 0, join: 'each', rows: 'none' },
  starts: 'manual',
  ports: () => [successPort],
  columns: ({ id }) => ({ success: given.get(id)?.columns ?? null }),
  summary: ({ id }) => id,
});

const run: NodeRun = async (context) => {
  const { columns, rows } = takeRows(String(context.config.id));
  const writer = await context.writer({ columns, name: 'success' });
  for (let from = 0; from < rows.length; from += 1_000) await writer.append(rows.slice(from, from + 1_000));
  return { ports: { success: await writer.finish() } };
};

export const rowsNode: NodeType = { definition, run };
