import type { Reply } from '../../../contract/api.ts';
import { connectorCatalog } from '../../catalog/connectors.ts';
import { t } from '../../texts/t.ts';

export type Connection = Reply<'listConnections'>[number];
export type Connector = typeof connectorCatalog extends ReadonlyMap<string, infer Definition> ? Definition : never;

export const connectionPath = (name: string): string => `/connections/${encodeURIComponent(name)}`;
export const above = { to: '/connections', label: t('connections.title') };
export const newPath = '/connections?new=1';

/** What tells connections of one kind apart at a glance: the first setting that is a text, as a rule an address. */
export function addressOf({ kind, settings }: Connection): string {
  const first = connectorCatalog.get(kind)?.form.find((field) => field.kind === 'text');
  const value = first ? settings[first.name] : null;
  return typeof value === 'string' ? value : '';
}

/** The settings as a form begins with them: secrets are empty, since their values never come here. */
export function initialSettings(connector: Connector, connection: Connection | null): Record<string, unknown> {
  const empty = Object.fromEntries(connector.secrets.map((name) => [name, '']));
  return { ...(connector.defaults as Record<string, unknown>), ...connection?.settings, ...empty };
}

/** What is wrong with settings, by name. A secret that is set may be left empty. */
export function findProblems(
  connector: Connector,
  settings: Record<string, unknown>,
  secretsSet: readonly string[],
): Record<string, string> {
  const kept = secretsSet.filter((name) => settings[name] === '' || settings[name] === undefined);
  const filled = { ...settings, ...Object.fromEntries(kept.map((name) => [name, 'kept'])) };
  const parsed = connector.settings.safeParse(filled);
  if (parsed.success) return {};
  const found = parsed.error.issues.filter((issue) => !kept.includes(String(issue.path[0])));
  return Object.fromEntries(found.reverse().map((issue) => [issue.path.join('.'), sentence(issue.message)]));
}

/** "write a version such as 60.0" → "Write a version such as 60.0." */
function sentence(text: string): string {
  const first = text.charAt(0).toUpperCase() + text.slice(1);
  return /[.!?]$/.test(first) ? first : `${first}.`;
}
