// How both pages are built: hashed files, nothing inline, everything listed for the service worker, and the sizes of the parts.

import { createHash } from "node:crypto";
import { readFileSync, readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import type { Plugin, UserConfig } from "vite";

export type PageName = "wallet" | "verifier";

export function page(name: PageName): UserConfig {
  const folder = fileURLToPath(new URL(`../../${name}/web/`, import.meta.url));
  return {
    root: folder,
    // Relative: the folder can be served at any path.
    base: "./",
    resolve: { tsconfigPaths: true },
    build: {
      target: "es2022",
      outDir: fileURLToPath(new URL(`../../target/web/${name}`, import.meta.url)),
      emptyOutDir: true,
      // Inlined files would need `data:` in the CSP, the polyfill an inline script.
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
      reportCompressedSize: false,
    },
    worker: { format: "es" },
    plugins: [offline(name, `${folder}public`)],
  };
}

/** Writes the service worker with the list of files that it keeps, and says what the page weighs. */
function offline(name: PageName, publicFolder: string): Plugin {
  return {
    name: "bauta-offline",
    apply: "build",
    enforce: "post",
    generateBundle(_, bundle) {
      const contents = new Map<string, Uint8Array>();
      for (const output of Object.values(bundle)) {
        const source = output.type === "chunk" ? output.code : output.source;
        contents.set(output.fileName, Buffer.from(source));
      }
      for (const file of readdirSync(publicFolder)) contents.set(file, readFileSync(`${publicFolder}/${file}`));
      const files = [...contents.keys()].sort();
      const version = createHash("sha256");
      for (const file of files) version.update(file).update(contents.get(file) ?? "");
      const worker = serviceWorker(name, version.digest("hex").slice(0, 16), files);
      this.emitFile({ type: "asset", fileName: "sw.js", source: worker });
      contents.set("sw.js", Buffer.from(worker));
      this.info(weights(name, contents));
    },
  };
}

function serviceWorker(name: PageName, version: string, files: string[]): string {
  const kept = files.map((file) => (file === "index.html" ? "./" : `./${file}`));
  const constants = { PAGE: name, VERSION: version, FILES: kept };
  const written = Object.entries(constants).map(
    ([constant, value]) => `const ${constant} = ${JSON.stringify(value)};\n`,
  );
  return written.join("") + readFileSync(new URL("sw.js", import.meta.url), "utf8");
}

/** The parts of a page in the order of their weight, as they travel. */
function weights(name: PageName, contents: Map<string, Uint8Array>): string {
  const parts = [...contents].map(([file, bytes]) => ({ file, plain: bytes.length, gzip: gzipSync(bytes).length }));
  parts.sort((a, b) => b.gzip - a.gzip);
  const total = parts.reduce((sum, part) => sum + part.gzip, 0);
  const line = (gzip: number, plain: string, file: string) =>
    `${String(gzip).padStart(9)} ${plain.padStart(9)}  ${file}`;
  const lines = parts.map((part) => line(part.gzip, String(part.plain), part.file));
  return [`the ${name} page in bytes:`, "     gzip     plain", ...lines, line(total, "", "in all")].join("\n");
}
