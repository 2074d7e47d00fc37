/** Node types and connectors, found by folder: adding one edits no other file. */
import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { ConnectorClient, ConnectorDefinition, ConnectorHost } from '../../contract/connector.ts';
import type { NodeCatalog, NodeDefinition } from '../../contract/node.ts';
import type { NodeRun } from '../../nodes/kit/run.ts';

export interface NodeType {
  definition: NodeDefinition<Record<string, unknown>>;
  run: NodeRun;
}

export interface Connector {
  definition: ConnectorDefinition;
  open(host: ConnectorHost): Promise<ConnectorClient>;
}

export interface Catalog {
  nodes: ReadonlyMap<string, NodeType>;
  /** The definitions of `nodes`, as the contract's functions take them. */
  definitions: NodeCatalog;
  connectors: ReadonlyMap<string, Connector>;
}

/** The folder that holds `nodes/` and `connectors/`. */
const root = new URL('../../', import.meta.url);

export function makeCatalog(
  nodes: ReadonlyMap<string, NodeType>,
  connectors: ReadonlyMap<string, Connector> = new Map(),
): Catalog {
  const definitions = new Map([...nodes].map(([type, node]) => [type, node.definition]));
  return { nodes, definitions, connectors };
}

/**
 * Reads `nodes/<type>/definition.ts` and `connectors/<kind>/definition.ts`. What runs (`run.ts`, `client.ts`) is loaded when
 * it is first used. Throws when a folder's name is not what its definition says, or when it lacks what runs.
 */
export async function loadCatalog(from: URL = root): Promise<Catalog> {
  const nodes = await readFolders(new URL('nodes/', from), 'run.ts', loadNode);
  const connectors = await readFolders(new URL('connectors/', from), 'client.ts', loadConnector);
  return makeCatalog(nodes, connectors);
}

async function readFolders<T>(
  parent: URL,
  program: string,
  load: (folder: URL, name: string) => Promise<T>,
): Promise<Map<string, T>> {
  const found = new Map<string, T>();
  if (!existsSync(fileURLToPath(parent))) return found;
  const entries = await readdir(fileURLToPath(parent), { withFileTypes: true });
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const folder = new URL(`${entry.name}/`, parent);
    if (!entry.isDirectory() || !isFile(folder, 'definition.ts')) continue;
    if (!isFile(folder, program)) throw new Error(`${fileURLToPath(folder)} has a definition.ts but no ${program}.`);
    found.set(entry.name, await load(folder, entry.name));
  }
  return found;
}

const isFile = (folder: URL, name: string): boolean => existsSync(fileURLToPath(new URL(name, folder)));

async function loadNode(folder: URL, name: string): Promise<NodeType> {
  const { definition } = (await importFrom(folder, 'definition.ts')) as Pick<NodeType, 'definition'>;
  requireName(folder, name, 'type', definition?.type);
  return {
    definition,
    run: async (context) => {
      const { run } = (await importFrom(folder, 'run.ts')) as Pick<NodeType, 'run'>;
      return run(context);
    },
  };
}

async function loadConnector(folder: URL, name: string): Promise<Connector> {
  const { definition } = (await importFrom(folder, 'definition.ts')) as Pick<Connector, 'definition'>;
  requireName(folder, name, 'kind', definition?.kind);
  return {
    definition,
    open: async (host) => {
      const { open } = (await importFrom(folder, 'client.ts')) as Pick<Connector, 'open'>;
      return open(host);
    },
  };
}

function importFrom(folder: URL, file: string): Promise<unknown> {
  return import(new URL(file, folder).href);
}

function requireName(folder: URL, name: string, property: string, found: string | undefined): void {
  if (found === name) return;
  const place = fileURLToPath(new URL('definition.ts', folder));
  throw new Error(
    `${place} must export a definition whose ${property} is "${name}", the name of its folder; it is "${found}".`,
  );
}
