import { afterAll, afterEach } from 'vitest';
import type { Salesforce } from '../../demo/salesforce/index.ts';
import { startSalesforce } from '../../demo/salesforce/index.ts';
import type { TestEngine, TestEngineOptions } from './engine.ts';
import { testEngine } from './engine.ts';
import { plainClient } from './organisation.ts';

interface EngineWithDemo {
  engine: TestEngine;
  demo: Salesforce;
  /** The organisation by its own clients, beside what the engine does in it. */
  org: ReturnType<typeof plainClient>;
}

/** An engine, and a demo organisation behind its connection "demo". Left out, the clock of the organisation is the engine's. */
export async function engineWithDemo({
  contacts,
  clock,
  seed = 4,
  nodes = [],
}: {
  contacts: number;
  clock?: string;
  seed?: number;
  nodes?: TestEngineOptions['nodes'];
}): Promise<EngineWithDemo> {
  const engine = testEngine({
    nodes,
    loadConnection: async () => ({
      kind: 'salesforce',
      settings: { instanceUrl: demo.url, clientId: demo.clientId, clientSecret: demo.clientSecret, apiVersion: '60.0' },
    }),
  });
  const demo = await startSalesforce({ contacts, seed, clock: clock ?? engine.clock.now().toISOString() });
  const org = plainClient(demo);
  afterEach(() => org.clearFaults());
  afterAll(() => demo.close());
  return { engine, demo, org };
}
