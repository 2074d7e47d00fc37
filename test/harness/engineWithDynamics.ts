import { afterAll, afterEach } from 'vitest';
import type { DynamicsDemo } from './dynamicsClient.ts';
import { openDynamics } from './dynamicsClient.ts';
import type { TestEngine } from './engine.ts';
import { testEngine } from './engine.ts';

/** An engine, and a demo Dataverse organisation by the same clock behind each of its connections. */
export async function engineWithDynamics(contacts: number): Promise<{ engine: TestEngine; demo: DynamicsDemo }> {
  const engine = testEngine({ loadConnection: async () => ({ kind: 'dynamics', settings: demo.settings }) });
  const demo = await openDynamics({ contacts, clock: engine.clock.now().toISOString() });
  afterEach(() => {
    demo.org.faults.clear();
    demo.org.requests.clear();
  });
  afterAll(() => demo.close());
  return { engine, demo };
}
