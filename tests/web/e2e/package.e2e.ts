// The packed npm package as somebody gets it who has nothing else of ours: its ways in, its types, and that it runs.

import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { beforeAll, expect, test } from "vitest";

const root = resolve(import.meta.dirname, "../../..");
const { version } = JSON.parse(readFileSync(join(root, "web/package.json"), "utf8")) as { version: string };

/** Below the checkout, so that what the package depends on is found where npm has put it. */
const folder = join(root, "target/consumer");
const unpacked = join(folder, "node_modules/bauta");

beforeAll(() => {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(unpacked, { recursive: true });
  const packed = join(root, `target/web/bauta-${version}.tgz`);
  execFileSync("tar", ["--extract", "--file", packed, "--strip-components=1", "--directory", unpacked]);
  cpSync(join(root, "tests/web/consumer"), folder, { recursive: true });
  writeFileSync(join(folder, "package.json"), JSON.stringify({ private: true, type: "module" }));
});

test("holds its page, its licences, its types, and nothing that was not meant to travel", () => {
  const files = readdirSync(unpacked, { recursive: true, encoding: "utf8" });
  const kinds = files.filter((file) => file.includes(".")).map((file) => file.slice(file.lastIndexOf(".")));
  expect([...new Set(kinds)].sort()).toEqual([".js", ".json", ".md", ".ts", ".wasm"]);
  expect(files).toEqual(expect.arrayContaining(["README.md", "package.json", "dist/bauta.js", "dist/THIRD-PARTY.md"]));
  expect(files.filter((file) => file.endsWith(".ts") && !file.endsWith(".d.ts"))).toEqual([]);
});

test.each(["nodenext", "bundler"])(
  "its types are whole and strict, for a project that resolves as %s",
  { timeout: 240_000 },
  (resolution) => {
    const compilerOptions = {
      target: "es2022",
      module: resolution === "bundler" ? "esnext" : resolution,
      moduleResolution: resolution,
      lib: ["es2023", "dom", "dom.iterable"],
      types: [],
      strict: true,
      // What an app maker may have left on: then every type that comes along is looked at too.
      skipLibCheck: false,
      outDir: "built",
    };
    writeFileSync(join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions, files: ["consumer.ts"] }));
    expect(run("npx", "tsc", "--project", folder)).toBe("");
  },
);

test("runs in Node with its files alone, and refuses nonsense with the codes that its texts have", () => {
  const wasm = (name: string) => {
    const file = readdirSync(join(unpacked, "dist")).find((file) => file.startsWith(`bauta_${name}_bg`));
    return `readFileSync(${JSON.stringify(join(unpacked, "dist", file ?? ""))})`;
  };
  const script = `
    import { readFileSync } from "node:fs";
    import { refusals } from "./built/consumer.js";
    console.log(JSON.stringify(await refusals(${wasm("verifier")}, ${wasm("wallet")})));`;
  writeFileSync(join(folder, "run.js"), script);
  expect(JSON.parse(run("node", "run.js"))).toEqual(["root_malformed", "root_malformed", "key_length"]);
});

/** What it prints. A failure shows it. */
function run(program: string, ...words: string[]): string {
  try {
    return execFileSync(program, words, { cwd: folder, encoding: "utf8" });
  } catch (failure) {
    const { stdout, stderr } = failure as { stdout: string; stderr: string };
    throw new Error(`${stdout}${stderr}`, { cause: failure });
  }
}
