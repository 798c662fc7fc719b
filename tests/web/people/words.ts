// What stands on the pages, by the names of the texts: people find things by their words, in each of the three languages.

import { readdirSync, readFileSync } from "node:fs";
import { LANGUAGES, PSEUDO, Texts, wordFor, type Language, type Spoken } from "../../../web/src/texts";

export { LANGUAGES, PSEUDO, wordFor, type Language, type Spoken };

const folder = new URL("../../../web/src/texts/", import.meta.url);

/** All texts of all files, in one language. */
export function wordsIn(language: Spoken): Texts {
  const texts = new Texts([language]);
  // The pseudo-language is made from English.
  const written: Language = language === PSEUDO ? "en" : language;
  const files = readdirSync(new URL(`${written}/`, folder)).filter((file) => file.endsWith(".ftl"));
  for (const file of files) texts.add(written, readFileSync(new URL(`${written}/${file}`, folder), "utf8"));
  return texts;
}
