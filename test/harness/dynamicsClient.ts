/** A demo Dataverse organisation with a client of its connector, and what its tests do to it. */
import { open } from '../../connectors/dynamics/client.ts';
import type { DynamicsSettings } from '../../connectors/dynamics/definition.ts';
import { definition } from '../../connectors/dynamics/definition.ts';
import type { ConnectorHost, CrmClient } from '../../contract/connector.ts';
import type { DataverseOptions } from '../../demo/dataverse/index.ts';
import { startDataverse } from '../../demo/dataverse/index.ts';

export type DynamicsDemo = Awaited<ReturnType<typeof openDynamics>>;

export async function openDynamics(options: DataverseOptions = {}) {
  const demo = await startDataverse({ seed: 3, contacts: 300, clock: '2026-07-01T12:00:00Z', ...options });
  const { url, tenant, clientId, clientSecret } = demo;
  const settings: DynamicsSettings = {
    ...definition.defaults,
    environmentUrl: url,
    tenant,
    clientId,
    clientSecret,
    cloud: 'own',
    authority: url,
  };
  const connect = (
    more: Partial<ConnectorHost<DynamicsSettings>> = {},
    changed: Partial<DynamicsSettings> = {},
  ): Promise<CrmClient> =>
    open({
      settings: { ...settings, ...changed },
      connectionName: 'demo',
      clock: { now: () => new Date(demo.org.clock.now()) },
      log: () => undefined,
      signal: new AbortController().signal,
      ...more,
    });
  /** What a table holds, by logical names. */
  const held = (table: string): Record<string, unknown>[] =>
    [...(demo.org.table(table)?.rows.values() ?? [])].map(({ values }) => values);
  const control = async (path: string, body: unknown): Promise<Record<string, unknown>> => {
    const response = await fetch(`${url}/__demo/${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    if (!response.ok) throw new Error(await response.text());
    return (await response.json()) as Record<string, unknown>;
  };
  const fault = (kind: string, more: Record<string, unknown> = {}) =>
    control('faults', { kind, match: { path: '/api' }, ...more });
  return { ...demo, settings, connect, held, control, fault };
}
