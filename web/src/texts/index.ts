import type { ReactiveController, ReactiveControllerHost } from "lit";

import arElements from "./ar/elements.ftl?raw";
import arErrors from "./ar/errors.ftl?raw";
import arReasons from "./ar/reasons.ftl?raw";
import arWords from "./ar/words.ftl?raw";
import enElements from "./en/elements.ftl?raw";
import enErrors from "./en/errors.ftl?raw";
import enReasons from "./en/reasons.ftl?raw";
import enWords from "./en/words.ftl?raw";
import nlElements from "./nl/elements.ftl?raw";
import nlErrors from "./nl/errors.ftl?raw";
import nlReasons from "./nl/reasons.ftl?raw";
import nlWords from "./nl/words.ftl?raw";
import { Texts } from "./texts.js";

export { directionOf, LANGUAGES, nearest, OWN_NAMES, PSEUDO, type Language, type Spoken } from "./languages.js";
export { dayOf, monthOf, Texts, timeOf, type Args } from "./texts.js";
export { wordFor, type Family } from "./families.js";

/** The texts of this page. They speak the page's language, and without one the first of the person's that there is. */
export const texts = new Texts([globalThis.document?.documentElement.lang, ...(globalThis.navigator?.languages ?? [])]);
for (const source of [enWords, enReasons, enErrors, enElements]) texts.add("en", source);
for (const source of [nlWords, nlReasons, nlErrors, nlElements]) texts.add("nl", source);
for (const source of [arWords, arReasons, arErrors, arElements]) texts.add("ar", source);

/** Renders an element again when another language is spoken. */
export class Speaking implements ReactiveController {
  readonly #again: () => void;

  constructor(host: ReactiveControllerHost) {
    this.#again = () => host.requestUpdate();
    host.addController(this);
  }

  hostConnected(): void {
    texts.addEventListener("change", this.#again);
  }

  hostDisconnected(): void {
    texts.removeEventListener("change", this.#again);
  }
}
