import type { Texts } from "bauta";

import arPage from "../../../web/src/texts/ar/page.ftl?raw";
import arVerifier from "../../../web/src/texts/ar/verifier.ftl?raw";
import enPage from "../../../web/src/texts/en/page.ftl?raw";
import enVerifier from "../../../web/src/texts/en/verifier.ftl?raw";
import nlPage from "../../../web/src/texts/nl/page.ftl?raw";
import nlVerifier from "../../../web/src/texts/nl/verifier.ftl?raw";

/** What this page says beside what the elements say. */
export function addTexts(texts: Texts): void {
  for (const source of [enPage, enVerifier]) texts.add("en", source);
  for (const source of [nlPage, nlVerifier]) texts.add("nl", source);
  for (const source of [arPage, arVerifier]) texts.add("ar", source);
}
