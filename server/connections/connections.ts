import type { Body, Reply } from '../../contract/api.ts';
import { callBudgetSettings } from '../../contract/callBudget.ts';
import type { ConnectorDefinition } from '../../contract/connector.ts';
import { UserError } from '../../contract/errors.ts';
import type { NodeCatalog } from '../../contract/node.ts';
import type { Json } from '../../contract/types.ts';
import { actorText } from '../access/actor.ts';
import type { Change } from '../access/audit.ts';
import { audited } from '../access/audit.ts';
import type { Db } from '../db/transaction.ts';
import type { SecretKey } from './key.ts';
import type { ConnectionRow } from './rows.ts';
import type { Secrets } from './seal.ts';
import { openSecrets, sealSecrets, secretNames } from './seal.ts';
import { splitSettings } from './settings.ts';
import { findUses } from './uses.ts';

export type Connection = Reply<'createConnection'>;
type Verified = Connection['verified'];

/** What connections need of the instance. */
export interface ConnectionHost {
  key: SecretKey;
  connectors: ReadonlyMap<string, { definition: ConnectorDefinition }>;
  nodes: NodeCatalog;
}

const subjectOf = (name: string): string => `connection:${name}`;

export async function listConnections(db: Db, host: ConnectionHost): Promise<Connection[]> {
  return (await db<ConnectionRow>('connections').orderBy('name')).map((row) => toConnection(row, host));
}

/** Throws UserError NOT_FOUND. */
export async function readConnection(db: Db, host: ConnectionHost, name: string): Promise<Connection> {
  return toConnection(await findConnection(db, name), host);
}

export async function findConnection(db: Db, name: string): Promise<ConnectionRow> {
  const row = await db<ConnectionRow>('connections').where({ name }).first();
  if (!row) throw new UserError('NOT_FOUND', { what: `The connection "${name}"` });
  return row;
}

/** The kind's definition. Throws UserError INVALID_INPUT for a kind that is not installed. */
function requireDefinition(host: ConnectionHost, kind: string): ConnectorDefinition {
  const found = host.connectors.get(kind);
  if (!found) throw new UserError('INVALID_INPUT', { reason: `there is no connector of the kind "${kind}"` });
  return found.definition;
}

/** Throws UserError NAME_TAKEN or CONFIG_INVALID. */
export async function createConnection(
  change: Change,
  host: ConnectionHost,
  body: Body<'createConnection'>,
): Promise<void> {
  const { tx, actor, now } = change;
  const { name, kind, label } = body;
  if (await tx('connections').where({ name }).first('name')) throw new UserError('NAME_TAKEN', { name });
  const { settings, secrets } = splitSettings(requireDefinition(host, kind), body.settings);
  const row: ConnectionRow = {
    name,
    kind,
    label,
    settings: JSON.stringify(settings),
    secrets: sealSecrets(host.key, name, secrets),
    verified: null,
    updated_at: now.toISOString(),
    updated_by: actorText(actor),
  };
  await tx('connections').insert(row);
  await audited(change, 'connection.create', subjectOf(name), null, outline(row, Object.keys(secrets)));
}

/**
 * What was verified before says nothing about other settings to sign in with; the budget is none of them.
 * Throws UserError NOT_FOUND or CONFIG_INVALID.
 */
export async function updateConnection(
  change: Change,
  host: ConnectionHost,
  name: string,
  body: Body<'updateConnection'>,
): Promise<void> {
  const { tx, actor, now } = change;
  const old = await findConnection(tx, name);
  const definition = requireDefinition(host, old.kind);
  const before = secretsBefore(host, old, definition, body.settings);
  const { settings, secrets } = splitSettings(definition, body.settings, before);
  const replaced = Object.keys(secrets).filter((secret) => secrets[secret] !== before[secret]);
  const kept = replaced.length === 0 && saysTheSame(old, settings);
  const row: ConnectionRow = {
    ...old,
    label: body.label,
    settings: JSON.stringify(settings),
    secrets: sealSecrets(host.key, name, secrets),
    verified: kept ? old.verified : null,
    updated_at: now.toISOString(),
    updated_by: actorText(actor),
  };
  await tx('connections').where({ name }).update(row);
  await audited(change, 'connection.update', subjectOf(name), outline(old), outline(row, replaced));
}

/** Whether a verification under the old settings holds under these. One that only the budget refused is over with that budget. */
function saysTheSame({ settings: old, verified }: ConnectionRow, settings: Record<string, unknown>): boolean {
  if (JSON.stringify(settings) === old) return true;
  const code = verified === null ? undefined : (JSON.parse(verified) as NonNullable<Verified>).code;
  const before = JSON.parse(old) as Record<string, unknown>;
  return code !== 'API_BUDGET_SPENT' && signingIn(before) === signingIn(settings);
}

/** Settings as text, without what a connection may spend. */
const signingIn = (settings: Record<string, unknown>): string =>
  JSON.stringify(Object.entries(settings).filter(([name]) => !Object.hasOwn(callBudgetSettings, name)));

/** Who enters every secret anew needs none of the old ones: so a lost key can be replaced. */
function secretsBefore(
  host: ConnectionHost,
  row: ConnectionRow,
  definition: ConnectorDefinition,
  given: Record<string, unknown>,
): Secrets {
  return definition.secrets.every((name) => given[name]) ? {} : openSecrets(host.key, row.name, row.secrets);
}

/** Throws UserError NOT_FOUND, or CONNECTION_USED with the workflows that name it. */
export async function deleteConnection(change: Change, host: ConnectionHost, name: string): Promise<void> {
  const { tx } = change;
  const row = await findConnection(tx, name);
  const users = await findUses(tx, host.nodes, name);
  if (users.length > 0) throw new UserError('CONNECTION_USED', { name, workflows: users.join(', ') });
  await tx('connections').where({ name }).delete();
  for (const table of ['sign_ins', 'connection_leases', 'connection_usage', 'connection_calls'])
    await tx(table).where({ connection: name }).delete();
  await audited(change, 'connection.delete', subjectOf(name), outline(row));
}

/** Notes the outcome of a verification, unless the connection was changed meanwhile. */
export async function noteVerified(change: Change, row: ConnectionRow, verified: NonNullable<Verified>): Promise<void> {
  const unchanged = { name: row.name, updated_at: row.updated_at };
  await change
    .tx('connections')
    .where(unchanged)
    .update({ verified: JSON.stringify(verified) });
  const { ok, message } = verified;
  await audited(change, 'connection.verify', subjectOf(row.name), null, { ok, message });
}

function toConnection(row: ConnectionRow, host: ConnectionHost): Connection {
  return {
    name: row.name,
    kind: row.kind,
    label: row.label,
    settings: JSON.parse(row.settings) as Record<string, unknown>,
    secretsSet: secretNames(row.name, row.secrets),
    capabilities: [...(host.connectors.get(row.kind)?.definition.capabilities ?? [])],
    updatedAt: row.updated_at,
    verified: row.verified === null ? null : (JSON.parse(row.verified) as Verified),
  };
}

/** What the trail says: the settings, and which secrets were entered, never what they are. */
function outline(row: ConnectionRow, secretsEntered: string[] = []): Json {
  const settings = JSON.parse(row.settings) as Record<string, Json>;
  return { label: row.label, kind: row.kind, settings, ...(secretsEntered.length > 0 ? { secretsEntered } : {}) };
}
