import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { z } from 'zod';
import type { Workflow } from '../../contract/workflow.ts';
import { workflowSchema } from '../../contract/workflow.ts';
import type { Change } from '../access/audit.ts';
import type { ConnectionHost } from '../connections/connections.ts';
import { createConnection, updateConnection } from '../connections/connections.ts';
import type { ConnectionRow } from '../connections/rows.ts';
import { readConnectionSettings } from '../connections/settings.ts';
import type { NewId } from '../db/ids.ts';
import { createWorkflow } from '../workflows/drafts.ts';
import type { DemoOrganisation } from './organisation.ts';

const samplesFolder = new URL('../../demo/workflows/', import.meta.url);
const connectionsFolder = new URL('../../demo/connections/', import.meta.url);
const connectionSchema = z.strictObject({
  name: z.string(),
  kind: z.string(),
  label: z.string(),
  settings: z.record(z.string(), z.json()),
});
const installedName = 'demo.workflows';

/** Makes the connection to a demo organisation, or brings it to where the organisation is now. One of another kind is left alone. */
export async function installConnection(
  change: Change,
  host: ConnectionHost,
  { connection: name, kind, settings }: DemoOrganisation,
): Promise<void> {
  const found = await change.tx<ConnectionRow>('connections').where({ name }).first();
  const label = `Demo ${host.connectors.get(kind)?.definition.label ?? kind}`;
  if (!found) return createConnection(change, host, { name, kind, label, settings });
  if (found.kind !== kind) return;
  const now = await readConnectionSettings(change.tx, host.key, name);
  const same = Object.entries(settings).every(([key, value]) => now.settings[key] === value);
  if (!same)
    await updateConnection(change, host, name, { label: found.label, settings: { ...now.settings, ...settings } });
}

/**
 * Connections that the samples take, as `demo/connections` has them. The secret that signs calls of webhooks is published, so
 * that a first call needs no preparation: a demo holds nothing but what was made up. Whoever gives such a connection settings of
 * its own keeps them, since one that is there is left alone.
 */
export async function installConnections(change: Change, host: ConnectionHost): Promise<void> {
  for (const file of readdirSync(connectionsFolder)) {
    const given = connectionSchema.parse(JSON.parse(readFileSync(new URL(file, connectionsFolder), 'utf8')));
    if (!(await change.tx<ConnectionRow>('connections').where({ name: given.name }).first()))
      await createConnection(change, host, given);
  }
}

/** Imports each sample workflow once: what people then do with it, deleting included, is theirs. Gives the names of new ones. */
export async function installSamples(change: Change, newId: NewId, samples = readSamples()): Promise<string[]> {
  const { tx } = change;
  const row: { value: string } | undefined = await tx('settings').where({ name: installedName }).first();
  const installed = row ? z.array(z.string()).parse(JSON.parse(row.value)) : [];
  const taken: string[] = await tx('workflows').pluck('internal_name');
  const due = samples.filter(({ internalName }) => !installed.includes(internalName));
  for (const workflow of due)
    if (!taken.includes(workflow.internalName)) await createWorkflow(change, workflow, { id: newId() });
  const names = due.map((workflow) => workflow.internalName);
  const value = JSON.stringify([...installed, ...names]);
  if (names.length > 0) await tx('settings').insert({ name: installedName, value }).onConflict('name').merge();
  return names;
}

export function readSamples(): Workflow[] {
  if (!existsSync(samplesFolder)) return [];
  return readdirSync(samplesFolder)
    .filter((file) => file.endsWith('.json'))
    .sort()
    .map((file) => workflowSchema.parse(JSON.parse(readFileSync(new URL(file, samplesFolder), 'utf8'))));
}
