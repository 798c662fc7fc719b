// A page that is loaded anew at the worst moment, and a connection that breaks: a code makes one record, and nothing is lost.

import { afterAll, beforeAll, expect, test } from "vitest";
import { Chromium } from "../city/browser";
import { City } from "../city/city";
import { Citizen } from "../people/citizen";
import { Venue } from "../people/venue";

let city: City;
let chromium: Chromium;

beforeAll(async () => {
  [city, chromium] = await Promise.all([City.found(), Chromium.start()]);
});
afterAll(async () => {
  await chromium?.end();
  await city?.end();
});

/** Every call between the tap and the passes; nobody has to know how many there are. */
const CALLS = 8;

test("loaded anew during any call, before it is sent or before its answer is here", { timeout: 240_000 }, async () => {
  const broken: string[] = [];
  for (let call = 0; call < CALLS; call++) {
    for (const answered of [false, true]) {
      const device = await chromium.device();
      const anna = await Citizen.at(city, device, city.result().link);
      await anna.begin();
      let [calls, over] = [0, false];
      await device.context.route(`${city.places.lab}/**`, async (route) => {
        if (over || calls++ !== call) return route.continue();
        over = true;
        broken.push(new URL(route.request().url()).pathname);
        if (answered) await route.fetch();
        await anna.reload();
        await route.abort().catch(() => undefined);
      });
      await anna.goOn();
      await anna.show("entry");
      await device.end();
    }
  }
  // The list would be shorter if the calls had come to an end: then some moments were met twice, and none was left out.
  expect(broken).toEqual(expect.arrayContaining(["/token", "/nonce", "/credential", "/notification"]));
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
