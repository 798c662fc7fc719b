import { describe, expect, test } from "vitest";

import { comparisonIn, judge } from "../src/elements/judgement.js";
import { REFUSAL_CODES } from "../src/texts/codes.js";

const GREEN = {
  accepted: true,
  policy: "entry",
  day: "2026-11-24",
  shown: [{ pass: "entry-pass", name: "admits", kind: "admits", value: "tested-or-vaccinated" }],
  freshness: "fresh",
};

test("a whole acceptance is green, and an ageing list is said", () => {
  expect(judge(GREEN)).toEqual({ kind: "accepted", shown: GREEN.shown, ageing: false });
  expect(judge({ ...GREEN, freshness: "amber" })).toMatchObject({ kind: "accepted", ageing: true });
});

test("a guest who came in before is said, and both are green", () => {
  expect(judge({ ...GREEN, entry: "first" })).toMatchObject({ kind: "accepted", entry: "first" });
  expect(judge({ ...GREEN, entry: "again" })).toMatchObject({ kind: "accepted", entry: "again" });
  expect(judge({ ...GREEN, entry: null })).toMatchObject({ kind: "accepted", entry: undefined });
});

describe("any doubt is red", () => {
  const trap = {
    get accepted(): boolean {
      throw new Error("hostile");
    },
  };
  const doubts: Record<string, unknown> = {
    nothing: undefined,
    null: null,
    yes: true,
    text: "accepted",
    empty: {},
    list: [GREEN],
    trap,
    truthy: { ...GREEN, accepted: 1 },
    spelled: { ...GREEN, accepted: "true" },
    "accepted with a reason against": { ...GREEN, code: "proof_invalid" },
    "no policy": { ...GREEN, policy: undefined },
    "empty policy": { ...GREEN, policy: "" },
    "no day": { ...GREEN, day: undefined },
    "a day of another form": { ...GREEN, day: "24-11-2026" },
    "an entry that nobody knows": { ...GREEN, entry: "third" },
    "unknown freshness": { ...GREEN, freshness: "expired" },
    "nothing known of what was shown": { ...GREEN, shown: undefined },
    "a claim without a name": { ...GREEN, shown: [{ pass: "age-pass", kind: "flag", value: "yes" }] },
    "a value that is no word": { ...GREEN, shown: [{ pass: "age-pass", name: "over_18", kind: "flag", value: true }] },
    "a claim of no pass": { ...GREEN, shown: [{ name: "over_18", kind: "flag", value: "yes" }] },
    "a reason that nobody knows": { accepted: false, code: "fine" },
    "no reason": { accepted: false },
  };
  for (const [name, doubt] of Object.entries(doubts)) {
    test(name, () => expect(judge(doubt)).toEqual({ kind: "not-ready", code: "internal", minutes: undefined }));
  }
});

test("each refusal keeps its reason", () => {
  for (const code of REFUSAL_CODES) expect(judge({ accepted: false, code })).toMatchObject({ code });
  expect(judge({ accepted: false, code: "clock_behind", params: { minutes: 4 } })).toEqual({
    kind: "refused",
    code: "clock_behind",
    minutes: 4,
  });
  expect(judge({ accepted: false, code: "trust_expired" })).toMatchObject({ kind: "not-ready" });
  expect(judge({ accepted: false, code: "clock_behind", params: { minutes: "four" } })).toMatchObject({
    minutes: undefined,
  });
});

test("a hint is what the guard compares; anything else is none", () => {
  const hint = (value: string | null) => comparisonIn([{ pass: "entry-pass", name: "hint", kind: "hint", value }]);
  expect(hint("NO/11")).toEqual({ letters: ["N", "O"], month: 11 });
  for (const broken of [null, "", "NO", "no/11", "NO/13", "NO/00", "ABCD/01"]) expect(hint(broken)).toBeUndefined();
  expect(comparisonIn(GREEN.shown)).toBeUndefined();
});
