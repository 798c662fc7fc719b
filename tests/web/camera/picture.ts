// Grey pictures, row by row, 0 black to 255 white.

import { inflateSync } from "node:zlib";

export interface Picture {
  width: number;
  height: number;
  grey: Uint8Array;
}

/** A code as a screen shows it: black on white, with the quiet zone of four modules. */
export function ofModules(size: number, modules: Uint8Array, pixels = 8): Picture {
  const quiet = 4;
  const width = (size + 2 * quiet) * pixels;
  const grey = new Uint8Array(width * width).fill(255);
  for (let y = 0; y < size * pixels; y++) {
    for (let x = 0; x < size * pixels; x++) {
      const dark = modules[Math.floor(y / pixels) * size + Math.floor(x / pixels)];
      if (dark) grey[(y + quiet * pixels) * width + x + quiet * pixels] = 0;
    }
  }
  return { width, height: width, grey };
}

/** A PNG of 8 bits a channel without interlacing: what browsers' screenshots and our own programs write. */
export function ofPng(png: Uint8Array): Picture {
  const file = Buffer.from(png);
  const parts: Buffer[] = [];
  let [width, height, channels] = [0, 0, 0];
  for (let at = 8; at < file.length; at += 12 + file.readUInt32BE(at)) {
    const data = file.subarray(at + 8, at + 8 + file.readUInt32BE(at));
    const kind = file.toString("latin1", at + 4, at + 8);
    if (kind === "IHDR") {
      [width, height] = [data.readUInt32BE(0), data.readUInt32BE(4)];
      channels = { 0: 1, 2: 3, 4: 2, 6: 4 }[data[9] ?? -1] ?? 0;
      if (data[8] !== 8 || channels === 0 || data[12] !== 0) throw new Error("a PNG of another kind than ours");
    }
    if (kind === "IDAT") parts.push(data);
  }
  const rows = unfiltered(inflateSync(Buffer.concat(parts)), width * channels, channels);
  const grey = new Uint8Array(width * height);
  for (let i = 0; i < grey.length; i++) {
    const [r = 0, g = 0, b = 0] = rows.subarray(i * channels, i * channels + channels);
    grey[i] = channels < 3 ? r : (r * 299 + g * 587 + b * 114) / 1000;
  }
  return { width, height, grey };
}

/** PNG, section 9: each byte was written as its difference from one beside it or above it. */
function unfiltered(raw: Uint8Array, row: number, step: number): Uint8Array {
  const rows = new Uint8Array((raw.length / (row + 1)) * row);
  for (let y = 0; y * (row + 1) < raw.length; y++) {
    const filter = raw[y * (row + 1)];
    for (let x = 0; x < row; x++) {
      const at = y * row + x;
      const left = x < step ? 0 : (rows[at - step] ?? 0);
      const above = rows[at - row] ?? 0;
      const corner = x < step ? 0 : (rows[at - row - step] ?? 0);
      const guess = [0, left, above, (left + above) >> 1, paeth(left, above, corner)][filter ?? 0] ?? 0;
      rows[at] = (raw[y * (row + 1) + 1 + x] ?? 0) + guess;
    }
  }
  return rows;
}

function paeth(left: number, above: number, corner: number): number {
  const guess = left + above - corner;
  const [a, b, c] = [Math.abs(guess - left), Math.abs(guess - above), Math.abs(guess - corner)];
  return a <= b && a <= c ? left : b <= c ? above : corner;
}
