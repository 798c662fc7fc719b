import { defineConfig } from "vitest/config";

// Everything here shares one Chromium at a time: a slow machine has two cores, and the pages' deadlines are real.
export default defineConfig({
  resolve: { tsconfigPaths: true },
  test: {
    include: ["e2e/**/*.e2e.ts", "commands/**/*.command.ts"],
    fileParallelism: false,
    testTimeout: 60_000,
    hookTimeout: 120_000,
    retry: 0,
  },
});
