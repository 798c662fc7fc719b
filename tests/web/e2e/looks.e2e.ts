// Every screen, in every state and language, for everybody: axe-core, targets, 320 pixels, text of 200 %.

import { describe, expect, test } from "vitest";
import { chromium, city, foundCity } from "../city/founded";
import { faultsOf, tooWide, untranslated } from "../looks/inspect";
import { throughTheVerifiersTroubles, throughTheWalletsTroubles } from "../looks/troubles";
import { throughTheVerifier, throughTheWallet, type Visit } from "../looks/tour";
import { LANGUAGES, PSEUDO } from "../people/words";

foundCity();

const TOURS = [
  { page: "wallet", tour: throughTheWallet },
  { page: "wallet, in trouble", tour: throughTheWalletsTroubles },
  { page: "verifier", tour: throughTheVerifier },
  { page: "verifier, in trouble", tour: throughTheVerifiersTroubles },
];

/**
 * Names that somebody gave: brand, lab, programme, organiser, the second person of the phone. And what the browser writes and no text does: days and
 * times by themselves, and the month of the hint, a letter's neighbour in large.
 */
const GIVEN = [
  /^Bauta$/,
  /^City laboratory$/,
  /^Demo city$/,
  /^Canal theatre$/,
  /^Bilal$/,
  /^localhost/,
  /\d/,
  /^May$/,
];

test.each(TOURS)(
  "the $page in longer words and on 320 pixels: nothing is cut off, and nothing was left out of the texts",
  { timeout: 240_000 },
  async ({ tour }) => {
    const faults: Record<string, string[]> = {};
    const visit: Visit = async (name, { page }) => {
      const said = (await untranslated(page)).filter((words) => !GIVEN.some((given) => given.test(words)));
      const found = [...said, ...(await tooWide(page))];
      if (found.length > 0) faults[name] = found;
    };
    await tour({ city, chromium, language: PSEUDO, options: { viewport: { width: 320, height: 640 } }, visit });
    expect(faults).toEqual({});
  },
);

describe.each(LANGUAGES)("in %s", (language) => {
  test.each(TOURS)("every screen of the $page is for everybody", { timeout: 240_000 }, async ({ tour }) => {
    const faults: Record<string, string[]> = {};
    const seen: string[] = [];
    const visit: Visit = async (name, person) => {
      seen.push(name);
      const found = await faultsOf(person.page);
      if (found.length > 0) faults[name] = found;
      const { lang, dir } = await person.page.evaluate(() => {
        const { lang, dir } = document.documentElement;
        return { lang, dir };
      });
      expect({ lang, dir }).toEqual({ lang: language, dir: language === "ar" ? "rtl" : "ltr" });
    };
    await tour({ city, chromium, language, options: { reducedMotion: "reduce" }, visit });
    expect(faults).toEqual({});
    expect(seen.length).toBe(new Set(seen).size);
  });
});
