// The codes of the corpus: the showings among the vectors of `spec`, of which every pass type has at least one.

import { readdirSync, readFileSync } from "node:fs";
import { codeOf } from "../camera/code";
import type { Shown } from "./corpus";

const showings = new URL("../../../spec/vectors/accepted/showing/", import.meta.url);

/** Vectors with a name of their own show that kind of pass; the others are ordinary ones for entry, made at other times. */
const KINDS = new Map([
  ["entry_with_hint", "entry with hint"],
  ["vaccinated", "health, one attribute"],
  ["over_18", "age, one threshold"],
  ["member", "membership"],
]);

/** By how their names begin: what answers a poster or a screen, and two passes in one code. */
const BEGINNINGS = [
  ["pair", "entry and membership together"],
  ["poster", "entry, with pseudonym"],
  ["nonce", "entry, to a screen"],
] as const;

export const ENTRY = "entry";

/** By what is shown. */
export async function shownCodes(): Promise<Map<string, Shown[]>> {
  const codes = new Map<string, Shown[]>();
  for (const file of readdirSync(showings).sort()) {
    const { name, text } = JSON.parse(readFileSync(new URL(file, showings), "utf8")) as { name: string; text: string };
    const kind = KINDS.get(name) ?? BEGINNINGS.find(([first]) => name.startsWith(first))?.[1] ?? ENTRY;
    codes.set(kind, [...(codes.get(kind) ?? []), { text, picture: await codeOf(text) }]);
  }
  return codes;
}
