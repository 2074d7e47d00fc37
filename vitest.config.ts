import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';
import { patience, testPatience } from './test/harness/patience.ts';

/** One process per test file: ending a thread that holds sqlite3 aborts the whole process. */
export default defineConfig({
  test: {
    pool: 'forks',
    // Left out, one core is kept free: of two, that would be half of the machine.
    maxWorkers: availableParallelism(),
    globalSetup: 'test/harness/sharedPostgres.ts',
    include: ['**/*.test.ts', '**/*.test.tsx'],
    exclude: ['node_modules/**', 'dist/**', 'data/**'],
    testTimeout: testPatience,
    hookTimeout: testPatience,
    expect: { poll: { timeout: patience } },
  },
});
