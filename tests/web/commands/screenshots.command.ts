// `cargo xtask screenshots`: every screen of both pages in every language, light and dark, into target/screenshots.

import { mkdirSync } from "node:fs";
import { afterAll, beforeAll, describe, test } from "vitest";
import { Chromium } from "../city/browser";
import { City } from "../city/city";
import { throughTheVerifier, throughTheWallet } from "../looks/tour";
import { LANGUAGES } from "../people/words";

const folder = new URL("../../../target/screenshots/", import.meta.url).pathname;

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
    for (const [page, tour] of [
      ["wallet", throughTheWallet],
      ["verifier", throughTheVerifier],
    ] as const) {
      const place = `${folder}${page}/${language}-${colorScheme}`;
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
        },
      });
    }
  });
});
