// Every screen, in every state and language, for everybody: axe-core, targets, 320 pixels, text of 200 %.

import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Chromium } from "../city/browser";
import { City } from "../city/city";
import { faultsOf } from "../looks/inspect";
import { throughTheVerifier, throughTheWallet, type Visit } from "../looks/tour";
import { LANGUAGES } from "../people/words";

let city: City;
let chromium: Chromium;

beforeAll(async () => {
  [city, chromium] = await Promise.all([City.found(), Chromium.start()]);
});
afterAll(async () => {
  await chromium?.end();
  await city?.end();
});

describe.each(LANGUAGES)("in %s", (language) => {
  test.each([
    { page: "wallet", tour: throughTheWallet },
    { page: "verifier", tour: throughTheVerifier },
  ])("every screen of the $page is for everybody", { timeout: 240_000 }, async ({ tour }) => {
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
