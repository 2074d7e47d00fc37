import type { Actor } from '../access/actor.ts';
import { findConnection, noteVerified } from '../connections/connections.ts';
import { changeBy } from '../http/change.ts';
import type { Instance } from '../instance.ts';
import { installConnection, installConnections, installSamples } from './install.ts';
import type { DemoOrganisation } from './organisation.ts';
import { startOrganisations } from './organisation.ts';

const actor: Actor = { kind: 'system', name: 'demo', role: 'admin' };

/** Starts the demo organisations, leads connections to them, and imports the sample workflows. Dispose of it to stop them. */
export async function runDemo(instance: Instance): Promise<AsyncDisposable> {
  const organisations = await startOrganisations(instance.config);
  const stop = async (): Promise<void> => {
    await Promise.all(organisations.map((organisation) => organisation.stop()));
  };
  try {
    for (const organisation of organisations) await connect(instance, organisation);
    await changeBy(instance, actor, (change) => installConnections(change, instance.connections));
    const samples = await changeBy(instance, actor, (change) => installSamples(change, instance.newId));
    instance.log.info({ samples, organisations: organisations.map(({ kind }) => kind) }, 'the demo is ready');
    return { [Symbol.asyncDispose]: stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function connect(instance: Instance, organisation: DemoOrganisation): Promise<void> {
  const { db, connections, remote } = instance;
  await changeBy(instance, actor, (change) => installConnection(change, connections, organisation));
  const row = await findConnection(db, organisation.connection);
  const verified = await remote.verify(row.name);
  await changeBy(instance, actor, (change) => noteVerified(change, row, verified));
}
