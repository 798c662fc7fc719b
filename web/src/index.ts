/**
 * Custom elements for whoever scans, shows and decides, and the texts that they speak. Importing this module defines them and gives
 * the document the variables of the theme.
 */
import { bringTheme } from "./elements/look.js";

bringTheme();

export { BautaConsent } from "./elements/consent.js";
export { judge, type Judgement } from "./elements/judgement.js";
export { BautaLanguage } from "./elements/language.js";
export { inWords, valueInWords } from "./elements/learned.js";
export { BautaPass, type Make } from "./elements/pass.js";
export { BautaScanner, type FaultCode } from "./elements/scanner.js";
export { BautaVerdict } from "./elements/verdict.js";
export type {
  AskingPoster,
  Learned,
  Poster,
  Pseudonyms,
  SaidClaim,
  Showing,
  ShownClaim,
  Verdict,
  Way,
} from "./terms.js";
export * from "./texts/index.js";
