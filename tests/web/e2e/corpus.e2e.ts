// The short form of the scanning corpus. The codes, the camera's seed and the decoder are the same everywhere, so the figures are, too.

import { beforeAll, describe, expect, test } from "vitest";
import { readable, type Shown } from "../corpus/corpus";
import { ENTRY, shownCodes } from "../corpus/shown";

describe("the decoder of the page reads shown codes", () => {
  let codes: Map<string, Shown[]>;
  beforeAll(async () => {
    codes = await shownCodes();
  });

  test("entry passes: at least 95 % of the moderate grade", async () => {
    expect(await readable(codes.get(ENTRY) ?? [], "moderate", 40, 1)).toBeGreaterThanOrEqual(38);
  });

  test("every kind of pass: all of the easy grade", async () => {
    expect([...codes.keys()].sort()).toHaveLength(8);
    for (const [kind, shown] of codes) expect(await readable(shown, "easy", 4, 2), kind).toBe(4);
  });
});
