/** `nodes/<type>/example.json`: settings and rows with which a node type can be tried, for the suites that hold for all. */
import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterAll } from 'vitest';
import { z } from 'zod';
import { UserError } from '../../contract/errors.ts';
import { columnSchema } from '../../contract/types.ts';
import { workflowSchema } from '../../contract/workflow.ts';
import { startMarketingCloud } from '../../demo/marketing-cloud/index.ts';
import { startSalesforce } from '../../demo/salesforce/index.ts';

const exampleSchema = z.strictObject({
  /** Over the defaults. */
  config: z.record(z.string(), z.json()),
  /** What arrives by each inbound transition; none: it starts by itself. */
  input: z.strictObject({ columns: z.array(columnSchema), rows: z.array(z.array(z.json())) }).optional(),
  /** Published before, for a node that calls others. */
  workflows: z.array(workflowSchema).default([]),
  /** Connections it uses, by name: the kind of demo organisation behind each, or a folder of files of its own. */
  connections: z.record(z.string(), z.enum(['salesforce', 'marketing-cloud', 'local-folder'])).default({}),
  /** Files in the folders of its connections: the text of each, by connection and path. */
  files: z.record(z.string(), z.record(z.string(), z.string())).default({}),
});
export type Example = z.output<typeof exampleSchema>;

const nodes = new URL('../../nodes/', import.meta.url);

/** Without a file: the defaults, and nothing arrives. */
export async function readExample(type: string): Promise<Example> {
  const file = new URL(`${type}/example.json`, nodes);
  if (!existsSync(file)) return { config: {}, workflows: [], connections: {}, files: {} };
  return exampleSchema.parse(JSON.parse(await readFile(file, 'utf8')));
}

/** Puts the files of examples where their connections lead, in the folder of files of an instance. */
export async function putFiles(examples: readonly Example[], folder: string): Promise<void> {
  for (const { files } of examples)
    for (const [connection, texts] of Object.entries(files))
      for (const [path, text] of Object.entries(texts)) {
        const place = join(folder, connection, path);
        await mkdir(dirname(place), { recursive: true });
        await writeFile(place, text);
      }
}

interface Organisation {
  settings: unknown;
  close(): Promise<void>;
}

const clock = '2026-06-15T10:00:00Z';

/** Small organisations by kind, and the settings of a connection to each. */
const starters = {
  salesforce: async (): Promise<Organisation> => {
    const { url, clientId, clientSecret, close } = await startSalesforce({ contacts: 60, clock });
    return { settings: { instanceUrl: url, clientId, clientSecret, apiVersion: '60.0' }, close };
  },
  'marketing-cloud': async (): Promise<Organisation> => {
    const { url, clientId, clientSecret, close } = await startMarketingCloud({ subscribers: 60, clock });
    return { settings: { subdomain: url, clientId, clientSecret, accountId: '' }, close };
  },
};

type LoadConnection = (name: string) => Promise<{ kind: string; settings: unknown }>;

/** The connections of examples: each leads to a small demo organisation of its own, started when it is first asked for. */
export function exampleConnections(examples: readonly Example[]): LoadConnection {
  const kinds = Object.assign({}, ...examples.map((example) => example.connections)) as Example['connections'];
  const organisations = new Map<string, Promise<Organisation>>();
  afterAll(async () => {
    for (const organisation of organisations.values()) await (await organisation).close();
  });
  return async (name) => {
    const kind = kinds[name];
    if (!kind) throw new UserError('CONNECTION_MISSING', { name });
    if (kind === 'local-folder') return { kind, settings: { folder: name } };
    const starting = organisations.get(name) ?? starters[kind]();
    organisations.set(name, starting);
    return { kind, settings: (await starting).settings };
  };
}
