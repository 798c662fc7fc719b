// A code that was handed out with the order: the wallet waits for the result, without knocking, and collects it by itself.

import { expect, test } from "vitest";
import { chromium, city, foundCity } from "../city/founded";
import { Citizen } from "../people/citizen";

foundCity();

/** A little more than a lab asks for, unless it was told otherwise. */
const INTERVAL = 11 * 60;
/** The page looks every ten seconds, and adds up to a minute of chance. */
const PATIENCE_MS = 90_000;

test(
  "a result that comes after its code is collected in the background, with its passes",
  { timeout: 240_000 },
  async () => {
    const device = await chromium.device();
    const order = city.order();
    const anna = await Citizen.at(city, device, order.link);
    let asked = 0;
    await device.context.route(`${city.places.lab}/token`, (route) => {
      asked += 1;
      return route.continue();
    });
    await anna.begin();
    await anna.press("home-waiting-look");
    await anna.press("collect-go");
    await anna.heading("collect-not-yet").waitFor();
    await anna.press("collect-home");
    await anna.heading("home-not-yet").waitFor();

    await anna.reload();
    await anna.heading("home-not-yet").waitFor();
    city.complete(order.reference);
    await anna.page.waitForTimeout(15_000);
    expect(asked, "nobody is asked before the time that the lab named").toBe(1);

    await device.clock(INTERVAL);
    await anna.button("home-show").waitFor({ timeout: PATIENCE_MS });
    await anna.heading("home-not-yet").waitFor({ state: "detached" });
    expect(asked).toBe(2);
    await anna.page.locator("wallet-home .days", { hasText: /\d/ }).waitFor({ timeout: PATIENCE_MS });
    await anna.show("entry");
    await device.end();
  },
);
