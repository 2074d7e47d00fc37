/** Servers that take long to start: one for all playgrounds, begun when the first of them needs it. */
import type { Radosgw } from '../../harness/radosgw.ts';
import { startRadosgw } from '../../harness/radosgw.ts';

export interface SharedServers extends AsyncDisposable {
  s3(): Promise<Radosgw>;
}

export function shareServers(): SharedServers {
  let store: Promise<Radosgw> | null = null;
  return {
    s3() {
      store ??= startRadosgw();
      return store;
    },
    async [Symbol.asyncDispose]() {
      await (await store)?.stop();
    },
  };
}
