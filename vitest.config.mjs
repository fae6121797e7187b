import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    projects: [
      // What a machine with only Node can run.
      {
        extends: true,
        test: { name: 'unit', include: ['test/**/*.test.ts'], exclude: ['test/vscode/**', 'test/live/**'] },
      },
      // Against a real API server; each file starts one, so they take turns.
      { extends: true, test: { name: 'live', include: ['test/live/**/*.test.ts'], fileParallelism: false } },
    ],
    testTimeout: 60_000,
    // A browser on a busy machine takes longer than the second that vitest waits by default.
    expect: { poll: { timeout: 10_000 } },
    hookTimeout: 60_000,
  },
});
