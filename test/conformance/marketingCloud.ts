/** fuel-rest and fuel-soap, the libraries of Marketing Cloud's own makers, against a demo organisation of Marketing Cloud. */
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startCloud } from '../harness/cloud.ts';
import { loadFuel } from './fuel.ts';
import { fuelRestLines } from './fuelRest.ts';
import { fuelImportLines, fuelSoapLines } from './fuelSoap.ts';
import { type Count, runParts } from './line.ts';

export async function runMarketingCloud(say: (text: string) => void): Promise<Count> {
  const folder = await mkdtemp(join(tmpdir(), 'syncline-conformance-'));
  await mkdir(join(folder, 'Import'));
  const cloud = await startCloud({ subscribers: 6000, ftpFolder: folder });
  try {
    const fuel = await loadFuel(cloud, say);
    return await runParts(
      [
        ['fuel-rest', fuelRestLines(fuel.rest, cloud)],
        ['fuel-soap', [...fuelSoapLines(fuel.soap, cloud), ...fuelImportLines(fuel.soap, cloud, folder)]],
      ],
      say,
    );
  } finally {
    await cloud.stop();
    await rm(folder, { recursive: true, force: true });
  }
}
