// What stands on the pages, by the names of the texts: people find things by their words, in each of the three languages.

import { readdirSync, readFileSync } from "node:fs";
import { LANGUAGES, Texts, wordFor, type Language } from "../../../web/src/texts";

export { LANGUAGES, wordFor, type Language };

const folder = new URL("../../../web/src/texts/", import.meta.url);

/** All texts of all files, in one language. */
export function wordsIn(language: Language): Texts {
  const texts = new Texts([language]);
  const files = readdirSync(new URL(`${language}/`, folder)).filter((file) => file.endsWith(".ftl"));
  for (const file of files) texts.add(language, readFileSync(new URL(`${language}/${file}`, folder), "utf8"));
  return texts;
}
