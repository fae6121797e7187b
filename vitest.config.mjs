import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['test/vscode/**'],
    testTimeout: 60_000,
    // A browser on a busy machine takes longer than the second that vitest waits by default.
    expect: { poll: { timeout: 10_000 } },
    hookTimeout: 60_000,
  },
});
