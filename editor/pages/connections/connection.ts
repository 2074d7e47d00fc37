import type { Reply } from '../../../contract/api.ts';
import { connectorCatalog } from '../../catalog/connectors.ts';
import { t } from '../../texts/t.ts';

export type Connection = Reply<'listConnections'>[number];
export type Connector = typeof connectorCatalog extends ReadonlyMap<string, infer Definition> ? Definition : never;

export const connectionPath = (name: string): string => `/connections/${encodeURIComponent(name)}`;
export const above = { to: '/connections', label: t('connections.title') };
export const newPath = '/connections?new=1';
/** The form of a new connection of that kind. */
export const newPathOf = (kind: string): string => `${newPath}&kind=${encodeURIComponent(kind)}`;

/** In the order in which people look for them. */
export const byLabel = <T extends { label: string }>(items: readonly T[]): T[] =>
  [...items].sort((a, b) => a.label.localeCompare(b.label, 'en'));

/** What tells connections of one kind apart at a glance: the first setting that is a text, as a rule an address. */
export function addressOf({ kind, settings }: Connection): string {
  const first = connectorCatalog.get(kind)?.form.find((field) => field.kind === 'text');
  const value = first ? settings[first.name] : null;
  return typeof value === 'string' ? value : '';
}

const callbackPath = '/oauth/callback';
/** Where the outside system leads the browser back to after signing in there. */
export const callbackUrl = (): string => window.location.origin + callbackPath;

/** Without https, outside systems lead a browser back to localhost by its name only, not to 127.0.0.1. */
export function canBeCalledBack(origin: string): boolean {
  const { protocol, hostname } = new URL(origin);
  return protocol === 'https:' || hostname === 'localhost';
}
