/** A node type of these tests: gives the rows of a file, which any process can read. */
import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { defineNode } from '../../contract/node.ts';
import type { Cell, Column } from '../../contract/types.ts';
import { successPort } from '../../nodes/kit/ports.ts';
import type { NodeRun } from '../../nodes/kit/run.ts';
import type { Catalog, NodeType } from '../../server/engine/catalog.ts';
import { loadCatalog, makeCatalog } from '../../server/engine/catalog.ts';

interface FileConfig {
  /** JSON: a list of rows, each a list of texts and nulls. */
  file: string;
  columns: string[];
}

const toColumns = (names: readonly string[]): Column[] => names.map((name) => ({ name, label: name, type: 'text' }));

const definition = defineNode<FileConfig>({
  type: 'rows-of-file',
  label: 'Rows of a file',
  description: 'Gives the rows that a test has written down.',
  group: 'sources',
  icon: 'IconTable',
  keywords: [],
  config: z.strictObject({ file: z.string(), columns: z.array(z.string()) }),
  defaults: { file: '', columns: [] },
  form: [],
  inputs: { min: 0, max: 0, join: 'each', rows: 'none' },
  starts: 'manual',
  ports: () => [successPort],
  columns: ({ columns }) => ({ success: toColumns(columns) }),
  summary: ({ file }) => file,
});

const run: NodeRun = async ({ config, writer: open }) => {
  const { file, columns } = config as unknown as FileConfig;
  const rows = JSON.parse(await readFile(file, 'utf8')) as Cell[][];
  const writer = await open({ columns: toColumns(columns), name: 'success' });
  for (let from = 0; from < rows.length; from += 1_000) await writer.append(rows.slice(from, from + 1_000));
  return { ports: { success: await writer.finish() } };
};

const rowsOfFile: NodeType = { definition, run };

/** That of the product, and this one. */
export async function loadCrashCatalog(): Promise<Catalog> {
  const { nodes, connectors } = await loadCatalog();
  return makeCatalog(new Map([...nodes, [definition.type, rowsOfFile]]), connectors);
}
