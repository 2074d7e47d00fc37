/**
 * A large CSV file loaded into a work table, and its rows extracted to SFTP and to S3, on real servers of this machine; beside
 * `sftp put` and the AWS SDK's upload of the very bytes that were extracted.
 */
import { copyFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Bench } from './bench.ts';
import type { Line } from './line.ts';
import { makeLine } from './line.ts';
import type { Ours } from './places.ts';
import { connectPlaces, node, openPlaces, peopleFlow, runFlow, sdkUpload, sftpPut, writePeople } from './places.ts';
import { openStage } from './stage.ts';

export const filesBench: Bench = {
  name: 'files',
  lines: ['load file', 'extract to sftp', 'extract to s3'],
  defaultSize: 1_000_000,
  async run(size, { database, say }) {
    await using stage = await openStage(database);
    await using places = await openPlaces();
    say(`writing a file of ${size.toLocaleString('en')} rows …`);
    await writePeople(stage.folder, size);
    await connectPlaces(stage.product, places);
    say('loading and extracting it …');
    const ours = await runFlow(stage.product, flow());
    say('sending the same bytes by sftp and by the AWS SDK …');
    const file = join(stage.folder, 'same.csv');
    await copyFile(join(places.sshd.folder, 'people.csv'), file);
    const bytes = (await stat(file)).size;
    const theirs = { sftp: await sftpPut(places.sshd, stage.folder, file), s3: await sdkUpload(places.store, file) };
    return lines(size, bytes, ours, theirs).map((line) => ({ ...line, database }));
  },
};

const flow = () =>
  peopleFlow(
    'files',
    node('sftp', 'extract-file', { connection: 'there', path: 'people.csv' }),
    node('s3', 'extract-file', { connection: 'cloud', path: 'people.csv' }),
  );

function lines(
  size: number,
  bytes: number,
  { tasks, peakMemoryMB }: Ours,
  theirs: { sftp: number; s3: number },
): Line[] {
  const megabytes = `${(bytes / 1_000_000).toFixed(1)} MB`;
  const line = (name: string, node: string, note: string, referenceSeconds?: number): Line =>
    makeLine(name, size, tasks.get(node) ?? Number.NaN, {
      peakMemoryMB,
      note,
      ...(referenceSeconds === undefined ? {} : { referenceSeconds }),
    });
  return [
    line('load file', 'load', `${megabytes} of CSV with 10 typed columns into a work table`),
    line('extract to sftp', 'sftp', `${megabytes}, beside sftp put of the same bytes`, theirs.sftp),
    line('extract to s3', 's3', `${megabytes}, beside the AWS SDK's upload of the same bytes`, theirs.s3),
  ];
}
