import { expect, test } from "vitest";

import { inWords, valueInWords } from "../src/elements/learned.js";
import type { Learned } from "../src/terms.js";
import { Texts } from "../src/texts/texts.js";
import { sources } from "./sources.js";

const texts = new Texts(["en"]);
for (const { text } of sources(["web/src/texts/en"], ".ftl")) texts.add("en", text);
const words = (learned: Learned) => inWords(texts, learned)?.replaceAll(/[\u2068\u2069]/g, "");
const claim = (name: string, kind: string, among: string[], value?: string): Learned => ({
  what: "claim",
  name,
  kind,
  among,
  value,
});

test("what a door learns is said in words", () => {
  expect(words({ what: "day" })).toBe("The day that your pass is for");
  expect(words({ what: "admits", rule: "tested-or-vaccinated", several_ways: true })).toBe(
    "That you satisfy the rule “tested or vaccinated”, but not in which way",
  );
  expect(words({ what: "admits", rule: "age", several_ways: false })).toBe("That you satisfy the rule “age”");
  expect(words(claim("over_18", "flag", ["yes"]))).toBe("That “18 or older” is true of you");
  expect(words(claim("over_18", "flag", ["no"]))).toBe("That “18 or older” is not true of you");
  expect(words(claim("over_18", "flag", [], "yes"))).toBe("Whether “18 or older” is true of you");
  expect(words(claim("group", "code", ["library"]))).toBe("That your pass says under “member of”: library");
  expect(words(claim("vaccinated", "code", ["mrna", "vector"], "mrna"))).toBe(
    "That your pass says under “vaccinated”: mRNA vaccine",
  );
  expect(words(claim("vaccinated", "code", ["mrna", "vector"]))).toBe(
    "Which of these your pass says under “vaccinated”: mRNA vaccine or vector vaccine",
  );
  expect(words(claim("age_band", "code", []))).toBe("What your pass says under “age group”, if it says anything");
  expect(words(claim("hint", "hint", [], "NO/11"))).toBe(
    "From your ID card, to compare with it: N / O, born in November",
  );
  expect(words(claim("hint", "hint", []))).toContain("the month of your birth without the year");
  expect(words({ what: "pass", pass_type: "membership-pass" })).toBe(
    "That you have a pass of this kind: Membership pass. Of it:",
  );
  expect(words({ what: "one_holder" })).toBe("That both passes are of one person");
  expect(words({ what: "pseudonym" })).toContain("another one at every other event");
  expect(words({ what: "nothing_else" })).toBe("Nothing else");
});

test("words of a programme's own stand as they are", () => {
  expect(words(claim("shoe_size", "code", ["forty-two"]))).toBe("That your pass says under “shoe size”: forty two");
});

test("what this version has no words for is not passed over", () => {
  expect(inWords(texts, { what: "fingerprint" } as unknown as Learned)).toBeUndefined();
});

test("values are said in words", () => {
  const value = (kind: string, said?: string) =>
    valueInWords(texts, { name: "x", kind, value: said }).replaceAll(/[\u2068\u2069]/g, "");
  expect(value("flag", "no")).toBe("no");
  expect(value("day", "2026-11-24")).toBe("24 November 2026");
  expect(value("month", "1980-05")).toBe("May 1980");
  expect(value("admits", "tested-or-vaccinated")).toBe("tested or vaccinated");
  expect(value("code", "65+")).toBe("65 or older");
  expect(value("code")).toBe("not stated");
});
