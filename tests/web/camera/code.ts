// Codes as our own programs draw them: error correction L, the smallest version that holds the text.

import { readFileSync } from "node:fs";
import { prepareZXingModule, writeBarcode, type WriterOptions } from "zxing-wasm/writer";
import { ofModules, type Picture } from "./picture";

const writer = new URL(import.meta.resolve("zxing-wasm/writer/zxing_writer.wasm"));
prepareZXingModule({ overrides: { wasmBinary: new Uint8Array(readFileSync(writer)).buffer } });

const HOW: WriterOptions = { format: "QRCode", ecLevel: "L" };

/** On a screen. */
export async function codeOf(text: string): Promise<Picture> {
  const { symbol, error } = await writeBarcode(text, { ...HOW, withQuietZones: false });
  if (error) throw new Error(error);
  return ofModules(
    symbol.width,
    Uint8Array.from(symbol.data, (grey) => (grey === 0 ? 1 : 0)),
  );
}

/** In a PNG file. */
export async function codeFile(text: string): Promise<Buffer> {
  const { image, error } = await writeBarcode(text, { ...HOW, scale: 8 });
  if (!image) throw new Error(error);
  return Buffer.from(await image.arrayBuffer());
}
