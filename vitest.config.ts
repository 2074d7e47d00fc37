import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';
import type { TestSpecification } from 'vitest/node';
import { BaseSequencer } from 'vitest/node';
import { longestFirst } from './scripts/suites.mjs';
import { patience, testPatience } from './test/harness/patience.ts';

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const place = ({ moduleId }: TestSpecification): number => {
      const found = longestFirst.findIndex((path) => moduleId.endsWith(`/${path}`));
      return found < 0 ? longestFirst.length : found;
    };
    return (await super.sort(files)).toSorted((one, other) => place(one) - place(other));
  }
}

/** One process per test file: ending a thread that holds sqlite3 aborts the whole process. */
export default defineConfig({
  test: {
    pool: 'forks',
    // Left out, one core is kept free: of two, that would be half of the machine.
    maxWorkers: availableParallelism(),
    sequence: { sequencer: LongestFirst },
    globalSetup: 'test/harness/sharedPostgres.ts',
    include: ['**/*.test.ts', '**/*.test.tsx'],
    exclude: ['node_modules/**', 'dist/**', 'data/**'],
    testTimeout: testPatience,
    hookTimeout: testPatience,
    expect: { poll: { timeout: patience } },
  },
});
