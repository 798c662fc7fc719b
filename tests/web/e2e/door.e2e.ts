// What a page does around its codes: the question that stays, full screen, the light of a camera, a screen that does not go dark.

import { expect, test } from "vitest";
import { chromium, city, foundCity } from "../city/founded";
import { Citizen } from "../people/citizen";
import { Venue } from "../people/venue";

foundCity();

test("a question stays for five minutes, to the second, and then another one can be asked", async () => {
  const device = await chromium.device({ camera: "none" });
  const venue = await Venue.at(city, device);
  // Seconds count from when it is asked: the clock stands still meanwhile.
  await device.context.addInitScript(stopClock);
  await venue.reload();
  await venue.ask();
  const other = venue.button("scan-other-question");
  await other.waitFor();
  expect(await other.isDisabled()).toBe(true);
  await venue.page.evaluate(later, 299);
  await drawnAgain(venue);
  expect(await other.isDisabled()).toBe(true);
  // Who presses it by a script finds the door open all the same.
  await venue.page.evaluate(() => {
    const page = document.querySelector("verifier-page") as unknown as { venue: { shut(): Promise<void> } };
    return page.venue.shut();
  });
  await venue.heading("policy-entry").waitFor();
  await venue.page.evaluate(later, 300);
  await other.click();
  await venue.heading("choose-title").waitFor();
  expect(device.complaints).toEqual([]);
  await device.end();
});

test("full screen hides everything but the scanner and the question, and is left by holding a button for two seconds", async () => {
  const device = await chromium.device({ camera: "none" });
  const venue = await Venue.at(city, device);
  await venue.ask();
  const controls = ["scan-mute", "scan-kiosk", "scan-other-question"].map((text) => venue.button(text));
  const language = venue.page.locator("bauta-language");
  await venue.press("scan-kiosk");
  const leave = venue.button("scan-kiosk-leave");
  await leave.waitFor();
  for (const hidden of [...controls, language]) expect(await hidden.count()).toBe(0);
  expect(await venue.page.locator("bauta-scanner").count()).toBe(1);
  expect(await venue.page.evaluate(() => document.fullscreenElement !== null)).toBe(true);

  // A tap is no holding, by hand or by keyboard.
  await leave.click({ delay: 1000 });
  await leave.press("Enter", { delay: 1000 });
  await new Promise((over) => setTimeout(over, 1500));
  expect(await leave.count()).toBe(1);

  await leave.hover();
  await venue.page.mouse.down();
  for (const shown of controls) await shown.waitFor();
  await venue.page.mouse.up();
  await language.waitFor();
  expect(await venue.page.evaluate(() => document.fullscreenElement)).toBe(null);
  expect(device.complaints).toEqual([]);
  await device.end();
});

test("a camera that has a light gets a button for it, and one that has none does not", async () => {
  const device = await chromium.device();
  const venue = await Venue.at(city, device);
  await venue.ask();
  expect(await venue.button("scanner-torch-on").count()).toBe(0);
  await device.context.addInitScript(cameraWithLight);
  await venue.reload();
  await venue.ask();
  await venue.press("scanner-torch-on");
  await venue.press("scanner-torch-off");
  await venue.button("scanner-torch-on").waitFor();
  expect(await venue.page.evaluate(() => (globalThis as unknown as { light: boolean[] }).light)).toEqual([true, false]);
  await device.end();
});

test("while a code is shown the screen stays on, again after it was out of sight, and no longer", async () => {
  const device = await chromium.device();
  await device.context.addInitScript(countedWakeLock);
  const anna = await Citizen.withPasses(city, device);
  const locks = () =>
    anna.page.evaluate(() => (globalThis as unknown as { locks: { asked: number; held: number } }).locks);
  await anna.choose("entry");
  expect(await locks()).toEqual({ asked: 0, held: 0 });
  await anna.agree();
  expect(await locks()).toEqual({ asked: 1, held: 1 });
  // A browser takes it back when the page is hidden.
  await anna.page.evaluate(() => {
    (globalThis as unknown as { locks: { held: number } }).locks.held -= 1;
    document.dispatchEvent(new Event("visibilitychange"));
  });
  await expect.poll(locks).toEqual({ asked: 2, held: 1 });
  await anna.done();
  await expect.poll(locks).toEqual({ asked: 2, held: 0 });
  await device.end();
});

/** The scan screen draws itself once a second. */
async function drawnAgain({ page }: Venue): Promise<void> {
  await page.evaluate(() => new Promise((over) => setTimeout(over, 1100)));
}

/** Runs in the page, before anything else. */
function stopClock(): void {
  const clock = globalThis as { stopped?: number };
  clock.stopped = Date.now();
  Date.now = () => clock.stopped ?? 0;
}

/** Runs in the page: so many seconds after its clock was stopped. */
function later(seconds: number): void {
  const { stopped = 0 } = globalThis as { stopped?: number };
  Date.now = () => stopped + seconds * 1000;
}

/** Runs in the page, before anything else: the made-up camera gets a light, and notes what is done with it. */
function cameraWithLight(): void {
  const light: boolean[] = [];
  Object.assign(globalThis, { light });
  const { prototype } = MediaStreamTrack;
  const able = prototype.getCapabilities;
  prototype.getCapabilities = function () {
    return { ...able.call(this), torch: true };
  };
  prototype.applyConstraints = async (constraints) => {
    for (const set of constraints?.advanced ?? []) light.push((set as { torch: boolean }).torch);
  };
}

/** Runs in the page, before anything else. */
function countedWakeLock(): void {
  const locks = { asked: 0, held: 0 };
  Object.assign(globalThis, { locks });
  const request = (kind: string) => {
    if (kind !== "screen") throw new TypeError(kind);
    locks.asked += 1;
    locks.held += 1;
    return Promise.resolve({ release: () => Promise.resolve((locks.held -= 1)) });
  };
  Object.defineProperty(navigator, "wakeLock", { value: { request } });
}
