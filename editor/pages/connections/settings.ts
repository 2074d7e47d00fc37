/** The settings of a connection as a form shows and checks them. */
import type { ConnectorDefinition } from '../../../contract/connector.ts';
import { isShown, type ShownWhen } from '../../../contract/form.ts';
import { plainWords } from '../../../contract/plainWords.ts';

/** The settings as a form begins with them: secrets are empty, since their values never come here. */
export function initialSettings(
  connector: Pick<ConnectorDefinition, 'defaults' | 'secrets'>,
  saved: Record<string, unknown> = {},
): Record<string, unknown> {
  const empty = Object.fromEntries(connector.secrets.map((name) => [name, '']));
  return { ...(connector.defaults as Record<string, unknown>), ...saved, ...empty };
}

/** What is wrong with settings, by name. A secret that is set may be left empty. */
export function findProblems(
  connector: Pick<ConnectorDefinition, 'settings'>,
  settings: Record<string, unknown>,
  secretsSet: readonly string[],
): Record<string, string> {
  const kept = secretsSet.filter((name) => settings[name] === '' || settings[name] === undefined);
  const filled = { ...settings, ...Object.fromEntries(kept.map((name) => [name, 'kept'])) };
  const parsed = connector.settings.safeParse(filled, { error: plainWords });
  if (parsed.success) return {};
  const found = parsed.error.issues.filter((issue) => !kept.includes(String(issue.path[0])));
  return Object.fromEntries(found.reverse().map((issue) => [issue.path.join('.'), sentence(issue.message)]));
}

/** Whether a connection with these settings has what is offered under that condition. */
export function isOffered(when: ShownWhen | undefined, settings: Record<string, unknown>): boolean {
  return when !== undefined && isShown({ when }, settings);
}

/** What is sent: a secret that was left empty is left out, which keeps it. */
export function settingsToSend(
  connector: Pick<ConnectorDefinition, 'secrets'>,
  settings: Record<string, unknown>,
): Record<string, unknown> {
  const entries = Object.entries(settings);
  return Object.fromEntries(entries.filter(([name, value]) => value !== '' || !connector.secrets.includes(name)));
}

/** "write a version such as 60.0" → "Write a version such as 60.0." */
function sentence(text: string): string {
  const first = text.charAt(0).toUpperCase() + text.slice(1);
  return /[.!?]$/.test(first) ? first : `${first}.`;
}
