/** dynamics-web-api, the library most programs in JavaScript use, against a demo Dataverse organisation. */
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { type DataverseProcess, startDataverseProcess } from '../harness/dataverse.ts';
import { dynamicsReadingLines } from './dynamicsReading.ts';
import type { DynamicsWebApi } from './dynamicsWebApi.ts';
import { dynamicsWritingLines } from './dynamicsWriting.ts';
import { installClients } from './install.ts';
import { type Count, runParts } from './line.ts';

type Library = new (config: Record<string, unknown>) => DynamicsWebApi;

export async function runDataverse(say: (text: string) => void, contacts: number): Promise<Count> {
  const folder = await installClients('dynamics-web-api-2.5.0', ['dynamics-web-api@2.5.0'], say);
  const load = createRequire(join(folder, 'package.json'));
  const { DynamicsWebApi: Library } = load('dynamics-web-api') as { DynamicsWebApi: Library };
  // More than one page of 5,000, whatever is asked for.
  const demo = await startDataverseProcess({ seed: 3, contacts: Math.max(contacts, 5_200) });
  try {
    const client = open(Library, demo, await demo.token());
    const parts: [string, ReturnType<typeof dynamicsReadingLines>][] = [
      ['dynamics-web-api', dynamicsReadingLines(client, demo, (token) => open(Library, demo, token))],
      ['dynamics-web-api', dynamicsWritingLines(client, demo)],
    ];
    return await runParts(parts, say);
  } finally {
    await demo.stop();
  }
}

/** The library asks for a token ahead of every request. */
function open(Library: Library, { url }: DataverseProcess, token: string): DynamicsWebApi {
  return new Library({ serverUrl: url, dataApi: { version: '9.2' }, onTokenRefresh: async () => token });
}
