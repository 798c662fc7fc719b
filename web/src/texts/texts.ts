import { FluentBundle, FluentDateTime, FluentResource, type FluentVariable } from "@fluent/bundle";

import { directionOf, nearest, PSEUDO, type Language, type Spoken } from "./languages.js";
import { pseudo } from "./pseudo.js";

/** What a text may have filled in. */
export type Args = Readonly<Record<string, FluentVariable>>;

/**
 * All texts, in the language that is spoken now. Dispatches `change` when another one is chosen.
 *
 * Texts are Fluent messages; pages and brands {@link add} their own, and a later message replaces an earlier one of its name.
 */
export class Texts extends EventTarget {
  #spoken: Spoken;
  readonly #bundles = new Map<Spoken, FluentBundle>();

  constructor(wanted: readonly (string | undefined)[]) {
    super();
    this.#spoken = nearest(wanted.filter((tag) => tag !== undefined));
  }

  /** The language that is spoken now. */
  get language(): Spoken {
    return this.#spoken;
  }

  /** Which way it is written. */
  get direction(): "ltr" | "rtl" {
    return directionOf(this.#spoken);
  }

  /** Adds messages, as the text of an `.ftl` file. */
  add(language: Language, source: string): void {
    const resource = new FluentResource(source);
    this.#bundle(language).addResource(resource, { allowOverrides: true });
    if (language === "en") this.#bundle(PSEUDO).addResource(resource, { allowOverrides: true });
    this.dispatchEvent(new Event("change"));
  }

  /** Speaks the first of these languages that there is. */
  speak(...wanted: string[]): void {
    const language = nearest(wanted);
    if (language === this.#spoken) return;
    this.#spoken = language;
    this.dispatchEvent(new Event("change"));
  }

  /** Whether there is a message of this name. */
  has(id: string): boolean {
    return this.#pattern(id) !== undefined;
  }

  /**
   * The text of a message, or of one of its attributes: `reason-internal.help`. A message that is missing shows as its name, and
   * a value that is missing as the name of its place: tests find both, and a person still sees that something stands there.
   */
  say(id: string, args: Args = {}): string {
    const pattern = this.#pattern(id);
    return pattern === undefined ? id : this.#bundle(this.#spoken).formatPattern(pattern, { ...args }, []);
  }

  /** Several words as one: "a, b or c". */
  list(words: readonly string[]): string {
    return new Intl.ListFormat(this.#spoken, { type: "disjunction" }).format(words);
  }

  /** Of texts that somebody else wrote in several languages, the one to show: this language, else English, else the first. */
  choose(lines: Readonly<Record<string, string>>): { language: string; text: string } | undefined {
    const tags = Object.keys(lines);
    const primary = (tag: string) => tag.split("-")[0];
    const language =
      tags.find((tag) => tag === this.#spoken) ??
      tags.find((tag) => primary(tag) === primary(this.#spoken)) ??
      tags.find((tag) => tag === "en") ??
      tags[0];
    const text = language === undefined ? undefined : lines[language];
    return language === undefined || text === undefined ? undefined : { language, text };
  }

  #pattern(id: string) {
    const [name = "", attribute] = id.split(".");
    const message = this.#bundle(this.#spoken).getMessage(name);
    return (attribute === undefined ? message?.value : message?.attributes[attribute]) ?? undefined;
  }

  #bundle(language: Spoken): FluentBundle {
    const known = this.#bundles.get(language);
    if (known) return known;
    const bundle =
      language === PSEUDO
        ? new FluentBundle("en", { transform: pseudo })
        : new FluentBundle(language === "en" ? "en-GB" : language);
    this.#bundles.set(language, bundle);
    return bundle;
  }
}

/** A day, `2026-11-24`, to be written the way of the language: `DATETIME($day, …)` in the message says how. */
export function dayOf(iso: string): FluentDateTime {
  return new FluentDateTime(Date.parse(`${iso}T00:00:00Z`), { timeZone: "UTC" });
}

/** A point in time, in seconds since 1970, in the time zone of this device. */
export function timeOf(seconds: number): FluentDateTime {
  return new FluentDateTime(seconds * 1000);
}

/** A month of some year, 1 to 12. */
export function monthOf(month: number): FluentDateTime {
  return new FluentDateTime(Date.UTC(2000, month - 1, 1), { timeZone: "UTC" });
}
