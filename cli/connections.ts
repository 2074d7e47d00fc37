import { z } from 'zod';
import { UserError } from '../contract/errors.ts';
import type { CheckScope } from '../contract/node.ts';
import type { Config } from '../server/config.ts';
import { splitSettings } from '../server/connections/settings.ts';
import type { Db } from '../server/db/transaction.ts';
import { startOrganisations } from '../server/demo/organisation.ts';
import type { Catalog } from '../server/engine/catalog.ts';
import { readJsonFile } from './workflowFile.ts';

/** A connection that exists for one run only: from a file, or to a demo organisation. */
interface GivenConnection {
  kind: string;
  settings: Record<string, unknown>;
}
export type GivenConnections = ReadonlyMap<string, GivenConnection>;

const fileSchema = z.strictObject({ kind: z.string(), settings: z.record(z.string(), z.unknown()) });

/** Reads `name=file` pairs; a file holds `{"kind", "settings"}`, secrets in clear. Throws UserError INVALID_INPUT, FILE_UNREADABLE or CONFIG_INVALID. */
export async function readConnectionFiles(pairs: readonly string[], catalog: Catalog): Promise<GivenConnections> {
  const given = new Map<string, GivenConnection>();
  for (const pair of pairs) {
    const [, name, file] = /^([^=]+)=(.+)$/.exec(pair) ?? [];
    if (!name || !file) throw new UserError('INVALID_INPUT', { reason: `--connection ${pair}: write name=file` });
    const parsed = fileSchema.safeParse(await readJsonFile(file));
    const reason = 'it must hold an object with "kind" and "settings"';
    if (!parsed.success) throw new UserError('FILE_UNREADABLE', { file, reason });
    given.set(name, complete(parsed.data, catalog));
  }
  return given;
}

/** The settings as the connector wants them, defaults filled in. */
function complete({ kind, settings }: GivenConnection, catalog: Catalog): GivenConnection {
  const connector = catalog.connectors.get(kind);
  if (!connector) throw new UserError('INVALID_INPUT', { reason: `there is no connector of the kind "${kind}"` });
  const split = splitSettings(connector.definition, settings);
  return { kind, settings: { ...split.settings, ...split.secrets } };
}

/** Starts the demo organisations; they end when the returned stack is disposed of. */
export async function startDemo(
  config: Config,
  catalog: Catalog,
): Promise<{ given: GivenConnections } & AsyncDisposable> {
  const organisations = await startOrganisations(config);
  return {
    given: new Map(
      organisations.map(({ connection, kind, settings }) => [connection, complete({ kind, settings }, catalog)]),
    ),
    async [Symbol.asyncDispose]() {
      await Promise.all(organisations.map((organisation) => organisation.stop()));
    },
  };
}

/** Names for the check of a workflow: those given, and those of the instance. */
export async function nameConnections(
  db: Db,
  given: GivenConnections,
  catalog: Catalog,
): Promise<NonNullable<CheckScope['connections']>> {
  const stored: { name: string; kind: string }[] = await db('connections').select('name', 'kind');
  const all = new Map([
    ...stored.map(({ name, kind }) => [name, kind] as const),
    ...[...given].map(([name, { kind }]) => [name, kind] as const),
  ]);
  return [...all].map(([name, kind]) => ({
    name,
    kind,
    capabilities: catalog.connectors.get(kind)?.definition.capabilities ?? [],
  }));
}
