/**
 * Rows of a large file delivered to a data extension, by SFTP and by S3, on real servers of this machine and a demo Marketing
 * Cloud that says what its columns are; beside `sftp put` and the AWS SDK's upload of the very bytes that were delivered. What
 * the import takes is Marketing Cloud's own, so it is not started.
 */
import { copyFile, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Json } from '../../contract/types.ts';
import type { Cloud } from '../harness/cloud.ts';
import { startCloud } from '../harness/cloud.ts';
import type { Product } from '../harness/product.ts';
import type { Bench } from './bench.ts';
import type { Line } from './line.ts';
import { makeLine } from './line.ts';
import { connectPlaces, node, openPlaces, peopleFlow, runFlow, sdkUpload, sftpPut, writePeople } from './places.ts';
import { openStage } from './stage.ts';

export const dataExtensionBench: Bench = {
  name: 'data extension',
  lines: ['data extension by sftp', 'data extension by s3'],
  defaultSize: 1_000_000,
  async run(size, { database, say }) {
    await using stage = await openStage(database);
    await using places = await openPlaces();
    const cloud = await startCloud();
    try {
      say(`writing a file of ${size.toLocaleString('en')} rows …`);
      await writePeople(stage.folder, size);
      await connectPlaces(stage.product, places);
      await connectCloud(stage.product, cloud);
      say('loading and delivering it …');
      const { tasks, peakMemoryMB } = await runFlow(stage.product, flow());
      say('sending the same bytes by sftp and by the AWS SDK …');
      const delivered = join(places.sshd.folder, 'Import');
      const [name = ''] = await readdir(delivered);
      const file = join(stage.folder, 'same.csv');
      await copyFile(join(delivered, name), file);
      const megabytes = `${((await stat(file)).size / 1_000_000).toFixed(1)} MB`;
      const line = (by: string, reference: string, referenceSeconds: number): Line => ({
        ...makeLine(`data extension by ${by}`, size, tasks.get(by) ?? Number.NaN, {
          peakMemoryMB,
          referenceSeconds,
          note: `${megabytes}, beside ${reference} of the same bytes`,
        }),
        database,
      });
      return [
        line('sftp', 'sftp put', await sftpPut(places.sshd, stage.folder, file)),
        line('s3', "the AWS SDK's upload", await sdkUpload(places.store, file)),
      ];
    } finally {
      await cloud.stop();
    }
  },
};

async function connectCloud(product: Product, { url, clientId, clientSecret }: Cloud): Promise<void> {
  const settings = { subdomain: url, clientId, clientSecret };
  await product.call('createConnection', {
    body: { name: 'marketing', kind: 'marketing-cloud', label: 'marketing', settings },
  });
}

/** Seven columns that the data extension has, and three that it is given. */
function flow() {
  const target: Record<string, Json> = {
    connection: 'marketing',
    extension: 'SUBSCRIBERS',
    mode: 'upsert',
    key: [{ column: 'Id', attribute: 'SubscriberKey' }],
    attributes: [
      ['Email', 'EmailAddress'],
      ['First name', 'FirstName'],
      ['Last name', 'LastName'],
      ['Born', 'BirthDate'],
      ['Value', 'Balance'],
      ['Active', 'OptIn'],
    ].map(([column = '', attribute = '']) => ({ column, attribute })),
    custom: ['Changed', 'City', 'Note'],
    missing: 'create',
    delivery: 'file',
    start: false,
  };
  return peopleFlow(
    'deliver',
    node('sftp', 'data-extension', { ...target, files: 'there' }),
    node('s3', 'data-extension', { ...target, files: 'cloud' }),
  );
}
