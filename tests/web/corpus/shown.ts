// The codes of the corpus: the showings among the vectors of `spec`, of which every pass type has at least one.

import { readdirSync, readFileSync } from "node:fs";
import { prepareZXingModule, writeBarcode } from "zxing-wasm/writer";
import { ofModules } from "../camera/picture";
import type { Shown } from "./corpus";

const showings = new URL("../../../spec/vectors/accepted/showing/", import.meta.url);

/** Vectors with a name of their own show that kind of pass; the others are ordinary ones for entry, made at other times. */
const KINDS = new Map([
  ["entry_with_hint", "entry with hint"],
  ["vaccinated", "health, one attribute"],
  ["over_18", "age, one threshold"],
  ["member", "membership"],
]);

export const ENTRY = "entry";

/** By what is shown. */
export async function shownCodes(): Promise<Map<string, Shown[]>> {
  const codes = new Map<string, Shown[]>();
  for (const file of readdirSync(showings).sort()) {
    const { name, text } = JSON.parse(readFileSync(new URL(file, showings), "utf8")) as { name: string; text: string };
    const kind = KINDS.get(name) ?? ENTRY;
    codes.set(kind, [...(codes.get(kind) ?? []), await drawn(text)]);
  }
  return codes;
}

const writer = new URL(import.meta.resolve("zxing-wasm/writer/zxing_writer.wasm"));
prepareZXingModule({ overrides: { wasmBinary: new Uint8Array(readFileSync(writer)).buffer } });

/** As our own wallets draw it: error correction L, the smallest version that holds it. */
async function drawn(text: string): Promise<Shown> {
  const { symbol, error } = await writeBarcode(text, { format: "QRCode", ecLevel: "L", withQuietZones: false });
  if (error) throw new Error(error);
  return { text, picture: ofModules(symbol.width, Uint8Array.from(symbol.data, (grey) => (grey === 0 ? 1 : 0))) };
}
