import type { z } from 'zod';
import type { ConnectorDefinition } from '../../contract/connector.ts';
import { UserError } from '../../contract/errors.ts';
import { plainWords } from '../../contract/plainWords.ts';
import type { Db } from '../db/transaction.ts';
import { inTransaction } from '../db/transaction.ts';
import type { SecretKey } from './key.ts';
import type { ConnectionRow } from './rows.ts';
import type { Secrets } from './seal.ts';
import { openSecrets, sealSecrets } from './seal.ts';

/** Settings apart from secrets, as they are stored. */
export interface SplitSettings {
  settings: Record<string, unknown>;
  secrets: Secrets;
}

/**
 * Checks what a person entered against the connector's schema, secrets that were left out taken from before.
 * Throws UserError CONFIG_INVALID that names the setting.
 */
export function splitSettings(
  definition: ConnectorDefinition,
  given: Record<string, unknown>,
  before: Secrets = {},
): SplitSettings {
  const kept = definition.secrets.filter((name) => isLeftOut(given[name]) && before[name] !== undefined);
  const defaults = definition.defaults as Record<string, unknown>;
  const whole = { ...defaults, ...given, ...Object.fromEntries(kept.map((name) => [name, before[name]])) };
  const parsed = definition.settings.safeParse(whole, { error: plainWords });
  if (!parsed.success) throw invalidSettings(definition, parsed.error);
  const entries = Object.entries(parsed.data as Record<string, unknown>);
  const secret = (name: string): boolean => definition.secrets.includes(name);
  return {
    settings: Object.fromEntries(entries.filter(([name]) => !secret(name))),
    secrets: Object.fromEntries(entries.filter(([name, value]) => secret(name) && !isLeftOut(value))) as Secrets,
  };
}

const isLeftOut = (value: unknown): boolean => value === undefined || value === null || value === '';

function invalidSettings(definition: ConnectorDefinition, error: z.ZodError): UserError {
  const issue = error.issues[0];
  const name = String(issue?.path[0] ?? '');
  const field = definition.form.find((one) => one.name === name)?.label ?? (name || definition.label);
  return new UserError('CONFIG_INVALID', { field, reason: issue?.message ?? 'is not valid' });
}

/** A connection with its secrets in clear: for a client, and nothing else. Throws UserError CONNECTION_MISSING. */
export async function readConnectionSettings(
  db: Db,
  key: SecretKey,
  name: string,
): Promise<{ kind: string; label: string; settings: Record<string, unknown> }> {
  const row = await db<ConnectionRow>('connections').where({ name }).first();
  if (!row) throw new UserError('CONNECTION_MISSING', { name });
  const settings = JSON.parse(row.settings) as Record<string, unknown>;
  return { kind: row.kind, label: row.label, settings: { ...settings, ...openSecrets(key, name, row.secrets) } };
}

/**
 * Replaces settings while the connection is used, in one step. What is replaced must still be as `seen` says, else UserError
 * CONFLICT: nothing is stored. When it was last changed by a person stays as it was. Throws UserError CONNECTION_MISSING.
 */
export async function replaceSettings(
  db: Db,
  key: SecretKey,
  name: string,
  seen: Record<string, unknown>,
  changed: Record<string, unknown>,
): Promise<void> {
  await inTransaction(db, async (tx) => {
    const row = await tx<ConnectionRow>('connections').where({ name }).first();
    if (!row) throw new UserError('CONNECTION_MISSING', { name });
    const secrets = openSecrets(key, name, row.secrets);
    const settings = JSON.parse(row.settings) as Record<string, unknown>;
    const now = { ...settings, ...secrets };
    const moved = Object.keys(changed).some((one) => (now[one] ?? '') !== (seen[one] ?? ''));
    if (moved) throw new UserError('CONFLICT', { what: `The connection "${name}"` });
    const isSetting = (one: string): boolean => Object.hasOwn(settings, one);
    const plain = Object.entries(changed).filter(([one]) => isSetting(one));
    const sealed = Object.entries(changed).filter(([one]) => !isSetting(one)) as [string, string][];
    await tx<ConnectionRow>('connections')
      .where({ name })
      .update({
        settings: JSON.stringify({ ...settings, ...Object.fromEntries(plain) }),
        secrets: sealSecrets(key, name, { ...secrets, ...Object.fromEntries(sealed) }),
      });
  });
}
