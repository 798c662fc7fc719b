import type { Texts } from "bauta";

import arPage from "../../../web/src/texts/ar/page.ftl?raw";
import arWallet from "../../../web/src/texts/ar/wallet.ftl?raw";
import enPage from "../../../web/src/texts/en/page.ftl?raw";
import enWallet from "../../../web/src/texts/en/wallet.ftl?raw";
import nlPage from "../../../web/src/texts/nl/page.ftl?raw";
import nlWallet from "../../../web/src/texts/nl/wallet.ftl?raw";

/** What this page says beside what the elements say. */
export function addTexts(texts: Texts): void {
  for (const source of [enPage, enWallet]) texts.add("en", source);
  for (const source of [nlPage, nlWallet]) texts.add("nl", source);
  for (const source of [arPage, arWallet]) texts.add("ar", source);
}
