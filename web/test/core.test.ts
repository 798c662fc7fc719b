import { expect, test } from "vitest";

import { asking, startOnce } from "../src/core.js";
import { BautaError } from "../src/error.js";

const beside = new URL("https://example.test/core.wasm");

function thrownBy(call: () => unknown): BautaError {
  try {
    call();
  } catch (thrown) {
    if (thrown instanceof BautaError) return thrown;
  }
  throw new Error("no BautaError");
}

test("a refusal of the core has its code and its parameters", () => {
  const refusal = thrownBy(() =>
    asking(() => {
      throw '{"code":"trust_older","params":{"have":3,"got":2}}';
    }),
  );
  expect([refusal.code, refusal.params]).toEqual(["trust_older", { have: 3, got: 2 }]);
});

test("a trap of the core is a fault without words of its own", () => {
  const fault = thrownBy(() =>
    asking(() => {
      throw new WebAssembly.RuntimeError("unreachable at /some/path");
    }),
  );
  expect([fault.code, fault.message]).toEqual(["internal", "internal"]);
});

test("it is started once, however often it is asked for", async () => {
  const asked: unknown[] = [];
  const load = startOnce(async ({ module_or_path }) => asked.push(module_or_path), beside);
  await Promise.all([load(), load(), load()]);
  expect(asked).toEqual([beside]);
});

test("what could not be fetched is fetched again", async () => {
  let tries = 0;
  const load = startOnce(async () => {
    tries += 1;
    if (tries === 1) throw new TypeError("no network");
  }, beside);
  await expect(load()).rejects.toMatchObject({ code: "wasm_missing" });
  await expect(load()).resolves.toBeUndefined();
});
