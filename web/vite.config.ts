import { defineConfig } from "vitest/config";

// The npm package: one file for each way in, every dependency inside, and the .wasm files beside them, addressed
// relative to the module. So the folder can be put on any web server as it is, without a bundler and without a CDN.
export default defineConfig({
  base: "./",
  resolve: { tsconfigPaths: true },
  build: {
    target: "es2022",
    // A .wasm inside a data: address would be refused by a strict CSP, and could not be cached on its own.
    assetsInlineLimit: 0,
    modulePreload: false,
    license: { fileName: "THIRD-PARTY.md" },
    rolldownOptions: {
      input: { bauta: "src/index.ts", wallet: "src/wallet.ts", verifier: "src/verifier.ts" },
      preserveEntrySignatures: "strict",
      output: {
        entryFileNames: "[name].js",
        chunkFileNames: "[name]-[hash].js",
        assetFileNames: "[name]-[hash][extname]",
      },
    },
  },
  worker: { format: "es" },
  test: { include: ["test/**/*.test.ts"] },
});
