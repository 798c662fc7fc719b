import type { Texts } from "./texts.js";

/** Messages that are named after words in signed data: `claim-over-18`, `word-65plus`, `rule-age`. */
export type Family = "claim" | "word" | "rule" | "policy" | "type";

/**
 * A word of signed data as people say it. Programmes have words of their own, which no file of ours has: they show as they stand
 * in the data, where only letters, digits and hyphens can be.
 */
export function wordFor(texts: Texts, family: Family, word: string): string {
  const id = idFor(family, word);
  return texts.has(id) ? texts.say(id) : word.replaceAll(/[-_]/g, " ");
}

/** The name of the message for a word or code: names of messages have neither `_` nor `+`. */
export function idFor(family: Family | "reason" | "error", word: string): string {
  return `${family}-${word.replaceAll("_", "-").replaceAll("+", "plus")}`;
}
