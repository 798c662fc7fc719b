import { describe, expect, test } from "vitest";

import { drawingOf, LIFE_S, ONCE_LIFE_S, onceStateOf, stateOf } from "../src/elements/minute.js";

describe("a code's minute", () => {
  const at = 1_000_000;
  const made = { showing: { size: 1, modules: new Uint8Array(1), goodUntil: at + 150 }, at };

  test("counts down to a new code", () => {
    expect(stateOf(made, at)).toEqual({ kind: "show", seconds: LIFE_S });
    expect(stateOf(made, at + 59.2)).toEqual({ kind: "show", seconds: 1 });
    expect(stateOf(made, at + LIFE_S)).toEqual({ kind: "renew" });
  });

  test("a phone that slept shows nothing that no door takes", () => {
    expect(stateOf(made, at + 149)).toEqual({ kind: "renew" });
    expect(stateOf(made, at + 150)).toEqual({ kind: "over" });
    expect(stateOf(made, at + 86_400)).toEqual({ kind: "over" });
  });

  test("a clock that was set back makes a new one", () => expect(stateOf(made, at - 1)).toEqual({ kind: "over" }));

  test("before the first there is none", () => expect(stateOf(undefined, at)).toEqual({ kind: "over" }));
});

describe("a code that nothing comes after", () => {
  const at = 1_000_000;
  const made = { showing: { size: 1, modules: new Uint8Array(1), goodUntil: at + 330 }, at };

  test("counts down to its end, which is the screen's", () => {
    expect(onceStateOf(made, at)).toEqual({ kind: "show", seconds: ONCE_LIFE_S });
    expect(onceStateOf(made, at + ONCE_LIFE_S - 0.5)).toEqual({ kind: "show", seconds: 1 });
    expect(onceStateOf(made, at + ONCE_LIFE_S)).toEqual({ kind: "over" });
    expect(onceStateOf({ ...made, showing: { ...made.showing, goodUntil: at + 40 } }, at + 40)).toEqual({
      kind: "over",
    });
  });

  test("ends when the clock is set back", () => expect(onceStateOf(made, at - 1)).toEqual({ kind: "over" }));
});

describe("the drawing", () => {
  test("is each dark dot, in runs, with four quiet dots around", () => {
    const showing = { size: 3, modules: Uint8Array.of(1, 1, 0, 0, 0, 0, 1, 0, 1) };
    expect(drawingOf(showing)).toEqual({ side: 11, path: "M4 4h2v1H4zM4 6h1v1H4zM6 6h1v1H6z" });
  });

  test("of what is no square is refused", () => {
    expect(() => drawingOf({ size: 3, modules: new Uint8Array(8) })).toThrow(RangeError);
    expect(() => drawingOf({ size: 0, modules: new Uint8Array(0) })).toThrow(RangeError);
  });
});
