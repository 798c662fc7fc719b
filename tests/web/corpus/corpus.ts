// Shown codes, filmed by a seeded camera in three grades, read by the decoder of the page.

import { readFileSync } from "node:fs";
import { prepareZXingModule, readBarcodes } from "zxing-wasm/reader";
import { howToRead } from "../../../web/src/scan/decode";
import type { Picture } from "../camera/picture";
import { Random } from "../camera/random";
import { film, type View } from "../camera/scene";

/** The square that the scanner cuts out of the picture of a poor webcam, 640 by 480. A phone's camera sees more. */
const SIDE = 480;

export type Grade = "easy" | "moderate" | "hard";
export const GRADES: readonly Grade[] = ["easy", "moderate", "hard"];

type Range = [least: number, most: number];

interface Conditions {
  /** How wide the code lies in the frame, in pixels, quiet zone included. */
  span: Range;
  /** Degrees either way. */
  rotation: number;
  tilt: number;
  blur: Range;
  smear: Range;
  dark: Range;
  light: Range;
  noise: Range;
  shade: Range;
}

/** easy: held still in good light. moderate: a busy door in the evening. hard: far away, slanting, dark, in motion, all at once. */
const CONDITIONS: Record<Grade, Conditions> = {
  easy: {
    span: [400, 450],
    rotation: 6,
    tilt: 6,
    blur: [0.3, 0.6],
    smear: [0, 0],
    dark: [15, 40],
    light: [190, 240],
    noise: [2, 5],
    shade: [0, 0.15],
  },
  moderate: {
    span: [340, 420],
    rotation: 20,
    tilt: 14,
    blur: [0.5, 0.9],
    smear: [0, 2],
    dark: [15, 50],
    light: [110, 190],
    noise: [4, 9],
    shade: [0.1, 0.35],
  },
  hard: {
    span: [290, 370],
    rotation: 180,
    tilt: 20,
    blur: [0.6, 1.1],
    smear: [0, 3],
    dark: [15, 40],
    light: [80, 130],
    noise: [5, 10],
    shade: [0.2, 0.5],
  },
};

/** One way to hold a phone. */
export function viewOf(grade: Grade, random: Random): View {
  const conditions = CONDITIONS[grade];
  const within = ([least, most]: Range) => random.between(least, most);
  const either = (most: number) => random.between(-most, most);
  const span = within(conditions.span);
  const room = (SIDE - span) / 4;
  return {
    width: SIDE,
    height: SIDE,
    span,
    offset: [either(room), either(room)],
    rotation: either(conditions.rotation),
    tilt: [either(conditions.tilt), either(conditions.tilt)],
    blur: within(conditions.blur),
    smear: within(conditions.smear),
    dark: within(conditions.dark),
    light: within(conditions.light),
    noise: within(conditions.noise),
    shade: within(conditions.shade),
  };
}

export interface Shown {
  text: string;
  picture: Picture;
}

/** How many of `frames` pictures of these codes are read. A wrong text is worse than none and is no success. */
export async function readable(codes: Shown[], grade: Grade, frames: number, seed: number): Promise<number> {
  const random = new Random(seed);
  let read = 0;
  for (let frame = 0; frame < frames; frame++) {
    const code = codes[frame % codes.length];
    if (!code) throw new Error("no codes to film");
    const texts = await textsIn(film(code.picture, viewOf(grade, random), random));
    if (texts.some((text) => text !== code.text)) throw new Error("a code was read as another text");
    if (texts.length === 1) read += 1;
  }
  return read;
}

/** The decoder's own file, as the page serves it. */
const decoder = new URL(import.meta.resolve("zxing-wasm/reader/zxing_reader.wasm"));
prepareZXingModule({ overrides: { wasmBinary: new Uint8Array(readFileSync(decoder)).buffer } });

export async function textsIn(frame: Picture): Promise<string[]> {
  const data = new Uint8ClampedArray(frame.grey.length * 4);
  frame.grey.forEach((grey, i) => data.set([grey, grey, grey, 255], i * 4));
  const pixels = { data, width: frame.width, height: frame.height, colorSpace: "srgb" } as ImageData;
  const found = await readBarcodes(pixels, howToRead(false));
  return [...new Set(found.filter((code) => code.isValid).map((code) => code.text))];
}
