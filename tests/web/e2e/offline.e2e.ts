// Both pages without a network, and with everybody gone who served them.

import { afterAll, beforeAll, expect, test } from "vitest";
import { Chromium } from "../city/browser";
import { City } from "../city/city";
import { Citizen } from "../people/citizen";
import { Venue } from "../people/venue";

let city: City | undefined;
let chromium: Chromium;

beforeAll(async () => {
  [city, chromium] = await Promise.all([City.found(), Chromium.start()]);
});
afterAll(async () => {
  await chromium?.end();
  await city?.end();
});

test("installed, without a network and with all servers gone, one shows and the other checks", async () => {
  if (!city) throw new Error("no city");
  const venue = await Venue.at(city, await chromium.device());
  const anna = await Citizen.withPasses(city, await chromium.device());
  await installable(venue);
  await installable(anna);

  chromium.proxy.cut();
  await city.end();
  city = undefined;
  await venue.reload();
  await anna.reload();
  await venue.askAndWait("entry", anna);
  await chromium.proxy.quiet(3000);
  chromium.proxy.taken();

  const screen = await anna.screen();
  expect((await venue.sees(chromium, screen)).word).toBe("accepted");
  expect(chromium.proxy.taken().map(String), "nothing was sent while showing and checking").toEqual([]);
  for (const { device } of [anna, venue]) {
    await device.end();
    expect(device.complaints).toEqual([]);
  }
});

/** What browsers ask of a page before they offer to install it, and that it is all here now. */
async function installable({ page }: { page: Venue["page"] }): Promise<void> {
  const kept = await page.evaluate(async () => {
    await navigator.serviceWorker.ready;
    const address = document.querySelector<HTMLLinkElement>("link[rel=manifest]")?.href ?? "";
    const manifest = (await (await fetch(address)).json()) as {
      name: string;
      display: string;
      start_url: string;
      icons: { src: string; sizes: string }[];
    };
    const icons = await Promise.all(manifest.icons.map(async ({ src }) => (await fetch(new URL(src, address))).ok));
    return {
      ...manifest,
      icons: icons.every(Boolean) && manifest.icons.some(({ sizes }) => sizes.includes("512x512")),
    };
  });
  expect(kept).toMatchObject({ display: "standalone", icons: true });
  expect(kept.name).toBeTruthy();
}
