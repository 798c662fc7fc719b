// The names for programs that Rust and TypeScript give to what went wrong.

import { source, sources, WEB } from "./sources.js";

/** Codes of problems, each with the names of the values that come with it. */
export type Problems = Map<string, Set<string>>;

/** What the wallet's and verifier's WebAssembly may throw. */
export function problemsOfRust(): Problems {
  const problems: Problems = new Map();
  for (const { text } of sources(["spec/src", "wallet/src", "verifier/src"], ".rs")) {
    for (const block of blocksAfter(text, /impl From<[^{]*> for Problem \{/g)) {
      for (const [, code] of block.matchAll(/=> "([a-z_]+)"/g)) add(problems, code);
      collect(problems, block, /Self::new\("([a-z_]+)"\)/g);
    }
    collect(problems, text, /Problem::new\("([a-z_]+)"\)/g);
  }
  return problems;
}

/** What our own TypeScript throws. */
export function problemsOfPages(): Problems {
  const problems: Problems = new Map();
  for (const { text } of sources(WEB, ".ts")) {
    for (const [, code, params = ""] of text.matchAll(/new BautaError\("([a-z_]+)"(?:, \{([^}]*)\})?/g)) {
      const names = [...params.matchAll(/(\w+)\s*[,:}]|(\w+)\s*$/g)].map(([, named, short]) => named ?? short);
      add(problems, code, names);
    }
  }
  return problems;
}

/** The codes of the verifier's refusals, and those among them that are of the door. */
export function refusalsOfRust(): { all: string[]; door: string[] } {
  const text = source("verifier/src/refusal.rs");
  const named = new Map(
    [...text.matchAll(/Self::(\w+)(?: \{ \.\. \})? => "([a-z_]+)"/g)].map(([, name, code]) => [name, code]),
  );
  const [door = ""] = blocksAfter(text, /fn is_of_the_door\(self\) -> bool \{/g);
  return {
    all: [...named.values()].filter((code) => code !== undefined),
    door: [...door.matchAll(/Self::(\w+)/g)].map(([, name]) => named.get(name)).filter((code) => code !== undefined),
  };
}

function collect(problems: Problems, text: string, start: RegExp): void {
  for (const found of text.matchAll(start)) {
    const rest = text.slice(found.index + found[0].length);
    const [chain = ""] = /^(?:\s*\.(?:number|text)\("\w+", [^;,]*\))*/.exec(rest) ?? [];
    add(
      problems,
      found[1],
      [...chain.matchAll(/\("(\w+)"/g)].map(([, name]) => name),
    );
  }
}

function add(problems: Problems, code: string | undefined, params: readonly (string | undefined)[] = []): void {
  if (code === undefined) return;
  const known = problems.get(code) ?? new Set();
  for (const param of params) if (param !== undefined) known.add(param);
  problems.set(code, known);
}

/** What stands between the brace that `start` ends with and the one that closes it. */
function blocksAfter(text: string, start: RegExp): string[] {
  return [...text.matchAll(start)].map((found) => {
    const from = found.index + found[0].length;
    let depth = 1;
    let at = from;
    while (depth > 0 && at < text.length) {
      if (text[at] === "{") depth += 1;
      if (text[at] === "}") depth -= 1;
      at += 1;
    }
    return text.slice(from, at - 1);
  });
}
