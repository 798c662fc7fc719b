import { expect, test } from "vitest";

import { TypedCodes } from "../../verifier/web/src/model/typing.js";

/** Types a text with so many milliseconds between keys; says which keys were taken and what was found. */
function typed(text: string, pause: number): { found: string[]; taken: boolean[] } {
  const found: string[] = [];
  const codes = new TypedCodes((code) => found.push(code));
  const keys = [...text, "Enter"];
  return { found, taken: keys.map((key, i) => codes.key(key, 10_000 + i * pause)) };
}

test("what a scanner types is one code, and its Enter presses nothing", () => {
  const { found, taken } = typed("BTA1:NCF$ 4%*+-./:", 5);
  expect(found).toEqual(["BTA1:NCF$ 4%*+-./:"]);
  expect(taken.slice(1).every((key) => key)).toBe(true);
});

test("what a hand types is no code, and does what keys do", () => {
  const { found, taken } = typed("BTA1:NCF", 150);
  expect(found).toEqual([]);
  expect(taken.some((key) => key)).toBe(false);
});

test("a few fast keys are no code", () => {
  expect(typed("BTA", 5).found).toEqual([]);
});

test("keys without a letter are passed over, and one code does not run into the next", () => {
  const found: string[] = [];
  const codes = new TypedCodes((code) => found.push(code));
  let at = 0;
  for (const key of ["Shift", "B", "T", "A", "1", "Shift", ":", "A", "B", "C", "Enter"]) codes.key(key, (at += 5));
  for (const key of [..."BTA1:DEF", "Enter"]) codes.key(key, (at += 5));
  expect(found).toEqual(["BTA1:ABC", "BTA1:DEF"]);
});
