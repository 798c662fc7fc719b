// What wallet and verifier share on the way to their WebAssembly.

import { BautaError } from "./error.js";

/** Where the WebAssembly comes from; without one, from the file beside the module. */
export type WasmSource = BufferSource | WebAssembly.Module | Response | Promise<Response> | URL;

type Start = (options: { module_or_path: WasmSource }) => Promise<unknown>;

/** Starts a module once, however often it is asked for, and again after it could not be fetched. */
export function startOnce(start: Start, beside: URL): (source?: WasmSource) => Promise<void> {
  let started: Promise<void> | undefined;
  return (source = beside) => {
    started ??= start({ module_or_path: source }).then(
      () => undefined,
      () => {
        started = undefined;
        throw new BautaError("wasm_missing");
      },
    );
    return started;
  };
}

/** Runs a call into the core; what it throws becomes a `BautaError`. */
export function asking<T>(call: () => T): T {
  try {
    return call();
  } catch (thrown) {
    throw problem(thrown);
  }
}

/** Texts of the core are JSON of the type that the caller names. */
export function parsed<T>(json: string): T {
  return JSON.parse(json) as T;
}

/** Texts are refusals of the core. Anything else is a fault of it, and its instance must not be used any further. */
function problem(thrown: unknown): BautaError {
  if (typeof thrown !== "string") return new BautaError("internal");
  const { code, params } = JSON.parse(thrown) as { code: string; params: Record<string, string | number> };
  return new BautaError(code, params);
}
