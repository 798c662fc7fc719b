import { describe, expect, test } from "vitest";

import { REFUSAL_CODES, DOOR_CODES } from "../src/texts/codes.js";
import { idFor, type Family } from "../src/texts/families.js";
import { LANGUAGES, nearest, PSEUDO } from "../src/texts/languages.js";
import { pseudo } from "../src/texts/pseudo.js";
import { dayOf, Texts } from "../src/texts/texts.js";
import { problemsOfPages, problemsOfRust, refusalsOfRust } from "./codes.js";
import { begunIn, everyLanguage, messagesIn, parsed } from "./messages.js";
import { sources, WEB } from "./sources.js";
import { calledIn, prefixesIn, wordsIn } from "./uses.js";

const english = new Map(messagesIn("en").map((message) => [message.id, message]));

describe("the three languages", () => {
  test("say the same messages, with the same values in them", () => {
    expect(english.size).toBeGreaterThan(150);
    for (const [language, messages] of everyLanguage()) {
      expect([...messages.keys()].sort(), language).toEqual([...english.keys()].sort());
      for (const [id, { variables }] of messages) {
        expect([...variables].sort(), `${language} ${id}`).toEqual([...(english.get(id)?.variables ?? [])].sort());
      }
    }
  });

  test("have each message once, and none that Fluent cannot read", () => {
    for (const language of LANGUAGES) {
      const ids = messagesIn(language).map(({ id }) => id);
      expect(
        ids.filter((id, at) => ids.indexOf(id) !== at),
        language,
      ).toEqual([]);
    }
    for (const file of sources(["web/src/texts"], ".ftl")) {
      expect(parsed(file).length, file.path).toBe(begunIn(file));
    }
  });

  test("an unreadable message is noticed", () => {
    const broken = { path: "", text: "good = yes\nbad = { $open\n    .help = help\n" };
    expect(parsed(broken).length).toBeLessThan(begunIn(broken));
  });
});

describe("every code has a text", () => {
  const rust = problemsOfRust();
  const pages = problemsOfPages();

  test("of a verifier's refusals, and the list of them is the verifier's own", () => {
    const { all, door } = refusalsOfRust();
    expect(all.length).toBeGreaterThan(20);
    const faults = ["reader_failed", "camera_stalled"];
    expect([...REFUSAL_CODES].sort()).toEqual([...all, ...faults].sort());
    expect([...DOOR_CODES].sort()).toEqual([...door, ...faults].sort());
    for (const code of REFUSAL_CODES) {
      expect(english.has(idFor("reason", code)), code).toBe(true);
      expect(english.has(`${idFor("reason", code)}.help`), `${code}: what to do`).toBe(true);
    }
  });

  test("of what wallets, trust lists and pages throw, with no value that does not come with it", () => {
    expect(rust.size).toBeGreaterThan(60);
    expect(pages.size).toBeGreaterThan(3);
    for (const [code, params] of [...rust, ...pages]) {
      const message = english.get(idFor("error", code));
      expect(message?.id, code).toBe(idFor("error", code));
      for (const variable of message?.variables ?? []) {
        expect(params.has(variable) || pages.get(code)?.has(variable), `${code}: { $${variable} }`).toBe(true);
      }
    }
  });

  test("of the shipped types, rules and policies, each word", () => {
    for (const [family, word] of shippedWords()) {
      expect(english.has(idFor(family, word)), `${family} ${word}`).toBe(true);
    }
  });
});

test("every message that is asked for exists, and every message is asked for", () => {
  const files = sources(WEB, ".ts");
  for (const { path, text } of files) {
    for (const id of calledIn(text)) expect(english.has(id), `${path}: ${id}`).toBe(true);
  }
  const words = new Set(files.flatMap(({ text }) => wordsIn(text)));
  const prefixes = new Set(files.flatMap(({ text }) => prefixesIn(text)));
  const named = new Set([
    ...[...problemsOfRust().keys(), ...problemsOfPages().keys()].map((code) => idFor("error", code)),
    ...REFUSAL_CODES.map((code) => idFor("reason", code)),
    ...shippedWords().map(([family, word]) => idFor(family, word)),
  ]);
  const unused = [...english.keys()]
    .map((id) => id.split(".")[0] ?? id)
    .filter((id) => !words.has(id) && !named.has(id))
    .filter((id) => ![...prefixes].some((prefix) => id.startsWith(prefix) && words.has(id.slice(prefix.length))));
  expect(unused).toEqual([]);
});

describe("the pseudo-language", () => {
  const texts = new Texts([PSEUDO]);
  for (const { text } of sources(["web/src/texts/en"], ".ftl")) texts.add("en", text);
  const values = { minutes: 4, seconds: 4, day: dayOf("2026-11-24"), month: dayOf("2026-11-01"), rule: "9" };

  test("is longer than English and has an accent in each message", () => {
    const plain = new Texts(["en"]);
    for (const { text } of sources(["web/src/texts/en"], ".ftl")) plain.add("en", text);
    for (const [id, { hasWords }] of english) {
      if (!hasWords) continue;
      const said = texts.say(id, values);
      expect(said, id).toMatch(/[åéîöûýñçšžÅÉÎÖÛÝÑÇŠŽ~]/);
      expect(said.length, id).toBeGreaterThan(plain.say(id, values).length);
    }
  });

  test("leaves values and places without letters as they are", () => {
    expect(pseudo(": ")).toBe(": ");
    expect(pseudo("Show ")).toMatch(/^Šhöw ~+ $/u);
    expect(texts.say("learns-admits", { rule: "9" })).toContain("9");
  });
});

describe("a person's language", () => {
  test("is the first that there is, else English", () => {
    expect(nearest(["fy", "nl-BE", "en"])).toBe("nl");
    expect(nearest(["ar-SY"])).toBe("ar");
    expect(nearest(["fi"])).toBe("en");
    expect(nearest([])).toBe("en");
    expect(nearest(["en-xa"])).toBe(PSEUDO);
  });

  test("changes everywhere at once", () => {
    const texts = new Texts(["en"]);
    texts.add("en", "hello = Hello");
    texts.add("ar", "hello = مرحبا");
    let changes = 0;
    texts.addEventListener("change", () => (changes += 1));
    texts.speak("ar");
    expect([texts.say("hello"), texts.direction, changes]).toEqual(["مرحبا", "rtl", 1]);
    texts.speak("ar");
    expect(changes).toBe(1);
  });

  test("a brand's words come after ours and win", () => {
    const texts = new Texts(["en"]);
    texts.add("en", "hello = Hello\n    .help = Help");
    texts.add("en", "hello = Welcome\n    .help = Ask us");
    expect([texts.say("hello"), texts.say("hello.help")]).toEqual(["Welcome", "Ask us"]);
    expect(texts.say("unheard")).toBe("unheard");
  });

  test("days are days, wherever the phone is", () => {
    const texts = new Texts(["nl"]);
    texts.add("nl", 'day = { DATETIME($day, day: "numeric", month: "long") }');
    expect(stripped(texts.say("day", { day: dayOf("2026-11-24") }))).toBe("24 november");
  });

  test("purposes are read in the nearest language that they were written in", () => {
    const texts = new Texts(["nl"]);
    expect(texts.choose({ en: "Why", "nl-BE": "Waarom" })).toEqual({ language: "nl-BE", text: "Waarom" });
    expect(texts.choose({ en: "Why", fi: "Miksi" })).toEqual({ language: "en", text: "Why" });
    expect(texts.choose({ fi: "Miksi" })).toEqual({ language: "fi", text: "Miksi" });
    expect(texts.choose({})).toBeUndefined();
  });
});

/** The words of the data that we ship. */
function shippedWords(): [Family, string][] {
  interface Type {
    name: string;
    claims: { name: string; kind: string; codes?: [number, string][] }[];
  }
  const types = sources(["spec/types"], ".json").map(({ text }) => JSON.parse(text) as Type);
  const names = (folder: string) => sources([folder], ".json").map(({ text }) => (JSON.parse(text) as Type).name);
  const unspoken = new Set(["epoch", "handle", "binding"]);
  const claims = types.flatMap(({ claims }) => claims).filter(({ kind }) => !unspoken.has(kind));
  return [
    ...types.map(({ name }): [Family, string] => ["type", name]),
    ...claims.map(({ name }): [Family, string] => ["claim", name]),
    ...claims.flatMap(({ codes }) => codes ?? []).map(([, word]): [Family, string] => ["word", word]),
    ...names("spec/samples/rules").map((name): [Family, string] => ["rule", name]),
    ...names("spec/samples/policies").map((name): [Family, string] => ["policy", name]),
  ];
}

/** Without the marks that keep a value apart from the text around it. */
function stripped(text: string): string {
  return text.replaceAll(/[\u2068\u2069]/g, "");
}
