// A page that is loaded anew at the worst moment, and a connection that breaks: a code makes one record, and nothing is lost.

import { expect, test } from "vitest";
import type { Route } from "playwright-core";
import { chromium, city, foundCity } from "../city/founded";
import { Citizen } from "../people/citizen";
import { Venue } from "../people/venue";

foundCity();

/** More than there are between the tap and the passes. */
const CALLS = 8;

const LIST = "/trust-list";
/** A code is redeemed, its record fetched and acknowledged; then the office's list, a nonce, and the passes. */
const COLLECTION = ["/token", "/credential", "/notification", LIST, "/nonce", "/credential"];

test("loaded anew during any call, before it is sent or before its answer is here", { timeout: 240_000 }, async () => {
  const broken: { path: string; answered: boolean }[] = [];
  for (let call = 0; call < CALLS; call++) {
    for (const answered of [false, true]) {
      const device = await chromium.device();
      const anna = await Citizen.at(city, device, city.result().link);
      await anna.begin();
      let [calls, over] = [0, false];
      let interrupted = Promise.resolve();
      const interrupt = async (route: Route) => {
        broken.push({ path: new URL(route.request().url()).pathname, answered });
        if (answered) await route.fetch();
        await anna.reload();
        await route.abort().catch(() => undefined);
      };
      await device.context.route(`${city.places.lab}/**`, (route) => {
        if (over || calls++ !== call) return route.continue();
        over = true;
        return (interrupted = interrupt(route));
      });
      await anna.goOn();
      // What the clockwork fetches from here on is no part of the collection; what it has begun to fetch may still be broken off.
      over = true;
      await interrupted;
      await anna.goOn();
      await anna.show("entry");
      await device.end();
    }
  }
  // Each call was met, in both ways, and there was none after the last of them.
  expect(broken.length).toBeLessThan(2 * CALLS);
  for (const answered of [false, true]) {
    const paths = broken.filter((each) => each.answered === answered).map(({ path }) => path);
    // A list that the clockwork fetches when a wallet is opened may come in between.
    expect(paths.filter((path) => path !== LIST)).toEqual(COLLECTION.filter((path) => path !== LIST));
    expect(paths.filter((path) => path === LIST).length).toBeGreaterThanOrEqual(1);
  }
});

test("a lab that is away for a while: the code waits, and is collected when it is back", async () => {
  const device = await chromium.device();
  const anna = await Citizen.at(city, device, city.result().link);
  await anna.begin();
  chromium.proxy.cut();
  await anna.press("home-waiting-look");
  await anna.press("collect-go");
  await anna.page.getByRole("alert").filter({ hasText: /\S/ }).waitFor();
  chromium.proxy.mend();
  await anna.reload();
  await anna.goOn();
  const venue = await Venue.at(city, await chromium.device());
  await venue.askAndWait("entry", anna);
  expect((await venue.reads(await anna.picture())).word).toBe("accepted");
  await device.end();
  await venue.device.end();
});
