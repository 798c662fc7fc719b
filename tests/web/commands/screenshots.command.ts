// `cargo xtask screenshots`: every screen of both pages in every language, light and dark, into target/screenshots; and those that are
// printed somewhere, into docs/images.

import { mkdirSync } from "node:fs";
import { afterAll, beforeAll, describe, test } from "vitest";
import { Chromium } from "../city/browser";
import { City } from "../city/city";
import { throughTheVerifiersTroubles, throughTheWalletsTroubles } from "../looks/troubles";
import { throughTheVerifier, throughTheWallet } from "../looks/tour";
import { LANGUAGES } from "../people/words";

const folder = new URL("../../../target/screenshots/", import.meta.url).pathname;

/** Those that stand in README and docs, of one screen and at half the size: by language, page and screen, the name that they have there. */
const PRINTED: Record<string, string> = {
  "en wallet consent": "wallet-consent",
  "en wallet pass": "wallet-pass",
  "en verifier accepted": "verifier-accepted",
  "en verifier refused": "verifier-refused",
  "nl wallet consent": "wallet-consent-nl",
  "ar verifier refused": "verifier-refused-ar",
};
const images = new URL("../../../docs/images/", import.meta.url).pathname;

let city: City;
let chromium: Chromium;

beforeAll(async () => {
  [city, chromium] = await Promise.all([City.found(), Chromium.start()]);
});
afterAll(async () => {
  await chromium?.end();
  await city?.end();
});

describe.each(LANGUAGES)("%s", (language) => {
  test.each(["light", "dark"] as const)("%s", { timeout: 600_000 }, async (colorScheme) => {
    for (const [kind, tour] of [
      ["wallet", throughTheWallet],
      ["wallet-troubles", throughTheWalletsTroubles],
      ["verifier", throughTheVerifier],
      ["verifier-troubles", throughTheVerifiersTroubles],
    ] as const) {
      const place = `${folder}${kind}/${language}-${colorScheme}`;
      mkdirSync(place, { recursive: true });
      let number = 0;
      await tour({
        city,
        chromium,
        language,
        options: { colorScheme },
        visit: async (name, { page }) => {
          const path = `${place}/${String(++number).padStart(2, "0")}-${name.replaceAll(/\W+/g, "-")}.png`;
          // A verdict fills the screen and not the page below it.
          await page.screenshot({ path, fullPage: !(await page.getByRole("alertdialog").isVisible()) });
          const printed = colorScheme === "light" ? PRINTED[`${language} ${kind} ${name}`] : undefined;
          if (printed) await page.screenshot({ path: `${images}${printed}.png`, scale: "css" });
        },
      });
    }
  });
});
