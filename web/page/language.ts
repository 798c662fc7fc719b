// The language of the page: what the person has chosen here before, else the first of the browser's that there is.

import { texts } from "../src/texts/index.js";
import { LANGUAGES, type Language } from "../src/texts/languages.js";

const CHOICE = "bauta-language";

export function speakTheRightLanguage(): void {
  const chosen = localStorage.getItem(CHOICE);
  texts.speak(...(chosen === null ? [] : [chosen]), ...navigator.languages);
  dress();
  texts.addEventListener("change", dress);
}

/** The languages of this deployment. */
export function languages(offered: readonly string[] | undefined): readonly Language[] {
  return LANGUAGES.filter((tag) => offered?.includes(tag) ?? true);
}

export function chooseLanguage(language: string): void {
  localStorage.setItem(CHOICE, language);
  texts.speak(language);
}

/** The document says which language it speaks and which way it is written. */
function dress(): void {
  document.documentElement.lang = texts.language;
  document.documentElement.dir = texts.direction;
}
