import type { Picture, Showing } from "../terms.js";

/** A code is made again after this many seconds. */
export const LIFE_S = 60;

/** A code that was made, and when, in seconds since 1970. */
export interface Made {
  readonly showing: Showing;
  readonly at: number;
}

/** What is to be done with a code at `now`, in seconds since 1970. */
export type State =
  | { readonly kind: "show"; readonly seconds: number }
  /** Time for a new one. The old one may stay in sight until that is made. */
  | { readonly kind: "renew" }
  /** No door takes it any more: it must not be seen. */
  | { readonly kind: "over" };

/** The clock may have jumped, and a phone may have slept in a pocket: only the two times count, never how often we were asked. */
export function stateOf(made: Made | undefined, now: number): State {
  if (!made || now >= made.showing.goodUntil) return { kind: "over" };
  const age = now - made.at;
  if (age < 0) return { kind: "over" };
  return age < LIFE_S ? { kind: "show", seconds: Math.ceil(LIFE_S - age) } : { kind: "renew" };
}

/** What a door's screen shows is answered for so many seconds at most, by every door. */
export const ONCE_LIFE_S = 120;

/** The same for a code that nothing comes after. */
export function onceStateOf({ showing, at }: Made, now: number): Exclude<State, { kind: "renew" }> {
  const left = Math.min(at + ONCE_LIFE_S, showing.goodUntil) - now;
  return left > 0 && now >= at ? { kind: "show", seconds: Math.ceil(left) } : { kind: "over" };
}

/** Quiet dots around a code, by the standard for QR codes. */
const QUIET = 4;

/** The dark dots as one SVG path in units of a dot, and the side of the whole picture with its quiet zone. */
export function drawingOf({ size, modules }: Picture): { path: string; side: number } {
  if (!Number.isInteger(size) || size <= 0 || modules.length !== size * size)
    throw new RangeError("not a square of dots");
  let path = "";
  for (let row = 0; row < size; row += 1) {
    for (let column = 0; column < size; column += 1) {
      if (modules[row * size + column] !== 1) continue;
      const start = column;
      while (column + 1 < size && modules[row * size + column + 1] === 1) column += 1;
      path += `M${start + QUIET} ${row + QUIET}h${column - start + 1}v1H${start + QUIET}z`;
    }
  }
  return { path, side: size + 2 * QUIET };
}
