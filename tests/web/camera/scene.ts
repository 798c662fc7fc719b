// What a camera makes of a screen that somebody holds before it.

import type { Picture } from "./picture";
import type { Random } from "./random";

/** Lengths are in pixels of the frame, angles in degrees. */
export interface View {
  width: number;
  height: number;
  /** How wide the picture lies in the frame. */
  span: number;
  /** Where its middle is, away from the middle of the frame. */
  offset: [number, number];
  rotation: number;
  /** How far the phone is tipped back and turned aside. */
  tilt: [number, number];
  /** Deviation of the blur. */
  blur: number;
  /** How far the phone moved during the exposure, to the right. */
  smear: number;
  /** What black and white become. */
  dark: number;
  light: number;
  /** Deviation of the noise. */
  noise: number;
  /** How much darker one side is than the other, 0 to 1. */
  shade: number;
}

/** What lies behind the phone. */
const DESK = 110;
/** How far the camera is from the phone, in widths of the picture: the nearer, the stronger the perspective. */
const DISTANCE = 3;
/** Samples along each side of a pixel. */
const SAMPLES = 3;

export function film(picture: Picture, view: View, random: Random): Picture {
  const frame = projected(picture, view);
  blur(frame, view.width, view.height, view.blur);
  smear(frame, view.width, view.height, Math.round(view.smear));
  const grey = new Uint8Array(frame.length);
  for (let y = 0; y < view.height; y++) {
    for (let x = 0; x < view.width; x++) {
      const at = y * view.width + x;
      const lit = view.dark + ((frame[at] ?? 0) / 255) * (view.light - view.dark);
      const shaded = lit * (1 - view.shade * (x / view.width));
      // What a sensor does at its ends.
      grey[at] = Math.min(255, Math.max(0, shaded + (view.noise > 0 ? random.normal() * view.noise : 0)));
    }
  }
  return { width: view.width, height: view.height, grey };
}

/**
 * The picture turned in space and seen from before it: each pixel asks where it looks. A point (u, v) of the picture lies at u·a + v·b,
 * where a and b are the first two columns of the turn; a camera at (0, 0, −d) sees (X, Y, Z) at x = d·X/(d + Z), y likewise. Solved for
 * u and v, with c = a × b: u = d·(x·b₁ − y·b₀)/w, v = d·(y·a₀ − x·a₁)/w, w = d·c₂ + x·c₀ + y·c₁.
 */
function projected({ width, height, grey }: Picture, view: View): Float32Array {
  const frame = new Float32Array(view.width * view.height);
  const [rotation = 0, back = 0, aside = 0] = [view.rotation, ...view.tilt].map((degrees) => (degrees * Math.PI) / 180);
  const [a0, b0, c0, a1, b1, c1, , , c2] = times(aboutZ(rotation), times(aboutX(back), aboutY(aside)));
  const scale = width / view.span;
  const d = DISTANCE * width;
  for (let row = 0; row < view.height * SAMPLES; row++) {
    const y = ((row + 0.5) / SAMPLES - view.height / 2 - view.offset[1]) * scale;
    const line = Math.floor(row / SAMPLES) * view.width;
    for (let column = 0; column < view.width * SAMPLES; column++) {
      const x = ((column + 0.5) / SAMPLES - view.width / 2 - view.offset[0]) * scale;
      const w = d * c2 + x * c0 + y * c1;
      const u = Math.floor((d * (x * b1 - y * b0)) / w + width / 2);
      const v = Math.floor((d * (y * a0 - x * a1)) / w + height / 2);
      const inside = u >= 0 && v >= 0 && u < width && v < height;
      const at = line + Math.floor(column / SAMPLES);
      frame[at] = (frame[at] ?? 0) + (inside ? (grey[v * width + u] ?? 0) : DESK) / SAMPLES ** 2;
    }
  }
  return frame;
}

/** Row by row; the columns are where the three axes go. */
type Turn = [number, number, number, number, number, number, number, number, number];

function aboutX(angle: number): Turn {
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  return [1, 0, 0, 0, cos, -sin, 0, sin, cos];
}

function aboutY(angle: number): Turn {
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  return [cos, 0, sin, 0, 1, 0, -sin, 0, cos];
}

function aboutZ(angle: number): Turn {
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  return [cos, -sin, 0, sin, cos, 0, 0, 0, 1];
}

function times(a: Turn, b: Turn): Turn {
  const cell = (row: number, column: number) =>
    [0, 1, 2].reduce((sum, k) => sum + (a[row * 3 + k] ?? 0) * (b[k * 3 + column] ?? 0), 0);
  return [0, 1, 2].flatMap((row) => [0, 1, 2].map((column) => cell(row, column))) as Turn;
}

/** Gauss, along rows and then along columns. */
function blur(frame: Float32Array, width: number, height: number, deviation: number): void {
  if (deviation <= 0) return;
  const reach = Math.ceil(3 * deviation);
  const weights = Array.from({ length: 2 * reach + 1 }, (_, i) => Math.exp(-((i - reach) ** 2) / (2 * deviation ** 2)));
  weighted(frame, height, width, width, 1, weights);
  weighted(frame, width, height, 1, width, weights);
}

/** The mean along the way that the phone went. */
function smear(frame: Float32Array, width: number, height: number, length: number): void {
  if (length > 1) weighted(frame, height, width, width, 1, new Array<number>(length).fill(1));
}

/** Each of `count` lines of `length` values that lie `step` apart becomes its weighted mean. */
function weighted(
  frame: Float32Array,
  count: number,
  length: number,
  lineStep: number,
  step: number,
  weights: number[],
): void {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const reach = Math.floor(weights.length / 2);
  const line = new Float32Array(length);
  for (let i = 0; i < count; i++) {
    for (let j = 0; j < length; j++) line[j] = frame[i * lineStep + j * step] ?? 0;
    for (let j = 0; j < length; j++) {
      let sum = 0;
      for (let k = 0; k < weights.length; k++) {
        const at = Math.min(length - 1, Math.max(0, j + k - reach));
        sum += (weights[k] ?? 0) * (line[at] ?? 0);
      }
      frame[i * lineStep + j * step] = sum / total;
    }
  }
}
