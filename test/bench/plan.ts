/** A plan of as many rows as the organisation has contacts, beside draining the pages that are read for it. */
import { startOrganisation } from '../harness/organisation.ts';
import type { Bench } from './bench.ts';
import { drain } from './bulk.ts';
import { connect, contactsNode, costOf, exportNode, pair } from './exporting.ts';
import { makeLine } from './line.ts';
import { openStage } from './stage.ts';

const fields = ['FirstName', 'LastName', 'Email', 'MailingCity', 'Title'] as const;

/** Of most contacts the title changes; the others stay as they are. */
const workflow = pair(
  'plan',
  contactsNode('contacts', {
    fields: fields.map((name) => ({ name, label: name, type: 'text', conversion: 'default' })),
  }),
  exportNode(
    'plan',
    { Id: 'Id', FirstName: 'FirstName', LastName: 'LastName', Email: 'Email', Title: 'MailingCity' },
    { mode: 'update', key: 'Id', planOnly: true },
  ),
);

export const planBench: Bench = {
  name: 'plan',
  lines: ['plan'],
  defaultSize: 1_000_000,
  async run(size, { database, say }) {
    await using stage = await openStage(database);
    const org = await startOrganisation({ seed: 2, contacts: size });
    try {
      await connect(stage.product, org);
      say(`planning ${size.toLocaleString('en')} rows against as many contacts …`);
      const cost = await costOf(stage, workflow, 'plan');
      say('draining the same result pages …');
      const read = ['Id', 'SystemModstamp', 'FirstName', 'LastName', 'Email', 'Title'];
      const drained = await drain(new URL('./drainBulk.ts', import.meta.url), org, '', read);
      const disk = `${Math.round(cost.addedMB)} MB on disk, ${Math.round(cost.mostMB)} MB at most`;
      const note = `${disk}; ${cost.cpuSeconds.toFixed(1)} s of processor; beside draining the records that are read for it`;
      const { peakMemoryMB, seconds, task } = cost;
      const rows = task.outputs.plan?.count ?? 0;
      return [
        { ...makeLine('plan', rows, seconds, { referenceSeconds: drained.seconds, peakMemoryMB, note }), database },
      ];
    } finally {
      await org.stop();
    }
  },
};
