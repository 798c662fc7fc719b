// The vectors of spec/ and of the drafts, read by the code that browsers run. `cargo xtask web --bindings` builds it.

import { existsSync, readFileSync } from "node:fs";
import { basename } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { beforeAll, expect, test } from "vitest";

import { source, sources } from "./sources.js";

interface Readers {
  judged(file: string, text: string): string;
  decided(text: string, list: Uint8Array, hungWith: Uint8Array | undefined, context: string): string;
  signature_holds(suite: string, vector: string): boolean;
  proof_holds(suite: string, vector: string): boolean;
  blind_signature_holds(suite: string, vector: string): boolean;
  blind_proof_holds(suite: string, vector: string): boolean;
  nym_signature_holds(suite: string, vector: string): boolean;
  nym_proof_holds(suite: string, vector: string): boolean;
}

interface Judged {
  readonly name: string;
  readonly expected: unknown;
  readonly judged: unknown;
}

interface Showing {
  readonly text: string;
  readonly context: {
    readonly now: number;
    readonly policy: string;
    readonly root: string;
    readonly trust_list: string;
    readonly hung_with?: string;
  };
  readonly expected: unknown;
}

const SUITES = ["bls12-381-sha-256", "bls12-381-shake-256"] as const;
const MINUTES = 120_000;

let readers: Readers;

beforeAll(async () => {
  const built = fileURLToPath(new URL("../../target/vectors-wasm/bauta_vectors_wasm", import.meta.url));
  if (!existsSync(`${built}.js`)) throw new Error("there are no readers: run `cargo xtask web --bindings` first");
  const glue: Readers & { initSync(options: { module: BufferSource }): unknown } = await import(
    /* @vite-ignore */ pathToFileURL(`${built}.js`).href
  );
  glue.initSync({ module: readFileSync(`${built}_bg.wasm`) });
  readers = glue;
});

test.each(["accepted", "refused"])(
  "in WebAssembly every %s vector is read as in native code",
  (folder) => {
    const files = sources([`spec/vectors/${folder}`], ".json").filter(({ path }) => !path.includes("/showing/"));
    const judged = files.flatMap(({ path, text }) =>
      (JSON.parse(readers.judged(path, text)) as Judged[]).map((vector) => ({ path, ...vector })),
    );
    expect(judged.filter((vector) => folder in (vector.expected as object))).toHaveLength(judged.length);
    for (const vector of judged) expect(vector.judged, `${vector.path}: ${vector.name}`).toEqual(vector.expected);
    // A reader that judges nothing agrees with everything.
    expect(judged.length).toBeGreaterThan(folder === "refused" ? 1000 : 50);
  },
  MINUTES,
);

test.each(["accepted", "refused"])(
  "in WebAssembly a door decides %s showings as in native code",
  (folder) => {
    const showings = sources([`spec/vectors/${folder}/showing`], ".json");
    expect(showings.length).toBeGreaterThanOrEqual(5);
    for (const { path, text } of showings) {
      const { text: scanned, context, expected } = JSON.parse(text) as Showing;
      const hungWith = context.hung_with === undefined ? undefined : listIn(context.hung_with);
      const said = JSON.parse(readers.decided(scanned, listIn(context.trust_list), hungWith, JSON.stringify(context)));
      expect(inTheWordsOfVectors(said), path).toEqual(expected);
    }
  },
  MINUTES,
);

test.each(SUITES)(
  "in WebAssembly the drafts' signatures and proofs hold or not, as they should: %s",
  (suite) => {
    const holds = { signature: readers.signature_holds, proof: readers.proof_holds };
    for (const kind of ["signature", "proof"] as const) {
      const vectors = sources([`crypto/tests/vectors/bbs/${suite}/${kind}`], ".json");
      expect(vectors).toHaveLength(kind === "signature" ? 10 : 15);
      for (const { path, text } of vectors) {
        const { result } = JSON.parse(text) as { result: { valid: boolean } };
        expect(holds[kind](suite, text), path).toBe(result.valid);
      }
    }
  },
  MINUTES,
);

test.each(SUITES)(
  "in WebAssembly the drafts' blind signatures and pseudonyms hold, and with another header none does: %s",
  (suite) => {
    const kinds = [
      { folder: "blind-bbs", kind: "signature", count: 5, holds: readers.blind_signature_holds },
      { folder: "blind-bbs", kind: "proof", count: 8, holds: readers.blind_proof_holds },
      { folder: "bbs-nym", kind: "nymSignature", count: 6, holds: readers.nym_signature_holds },
      { folder: "bbs-nym", kind: "nymProof", count: 11, holds: readers.nym_proof_holds },
    ];
    for (const { folder, kind, count, holds } of kinds) {
      const place = (draft: string) => `crypto/tests/vectors/${draft}/${suite}/${kind}`;
      const mended = new Map(
        sources([place(`${folder}-normalised`)], ".json").map((file) => [basename(file.path), file]),
      );
      const vectors = sources([place(folder)], ".json").map((file) => mended.get(basename(file.path)) ?? file);
      expect(vectors, `${folder} ${kind}`).toHaveLength(count);
      for (const { path, text } of vectors) {
        const vector = JSON.parse(text) as { header: string };
        expect(holds(suite, text), path).toBe(true);
        const other = JSON.stringify({ ...vector, header: `${vector.header}00` });
        expect(holds(suite, other), `${path}, with another header`).toBe(false);
      }
    }
  },
  MINUTES,
);

function listIn(file: string): Uint8Array {
  const { input } = JSON.parse(source(`spec/vectors/${file}`)) as { input: string };
  return Buffer.from(input, "hex");
}

function inTheWordsOfVectors(said: Record<string, unknown>): unknown {
  if (said["verdict"] === "accepted") {
    const { policy, day, shown, entry } = said;
    return { accepted: { policy, day, shown, ...(entry === undefined || entry === null ? {} : { entry }) } };
  }
  const minutes = said["minutes"] === undefined || said["minutes"] === null ? {} : { minutes: said["minutes"] };
  return { refused: said["code"], ...minutes };
}
