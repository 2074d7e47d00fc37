/** `nodes/<type>/example.json`: settings and rows with which a node type can be tried, for the suites that hold for all. */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { columnSchema } from '../../contract/types.ts';

const exampleSchema = z.strictObject({
  /** Over the defaults. */
  config: z.record(z.string(), z.json()),
  /** What arrives by each inbound transition; none: it starts by itself. */
  input: z.strictObject({ columns: z.array(columnSchema), rows: z.array(z.array(z.json())) }).optional(),
  /** Connections it needs, by name: the kind of demo organisation to start. */
  connections: z.record(z.string(), z.string()).default({}),
});
export type Example = z.output<typeof exampleSchema>;

const nodes = new URL('../../nodes/', import.meta.url);

/** Without a file: the defaults, and nothing arrives. */
export async function readExample(type: string): Promise<Example> {
  const file = new URL(`${type}/example.json`, nodes);
  if (!existsSync(file)) return { config: {}, connections: {} };
  return exampleSchema.parse(JSON.parse(await readFile(file, 'utf8')));
}
