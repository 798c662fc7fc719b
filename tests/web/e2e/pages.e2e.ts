// Two pages around ours: the first look, which shows both side by side, and an app maker's bare page with a scanner in it.

import { existsSync, readFileSync } from "node:fs";
import { extname } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { FrameLocator } from "playwright-core";
import { codeFile } from "../camera/code";
import { Chromium } from "../city/browser";
import { City } from "../city/city";
import { wordFor, wordsIn } from "../people/words";

let city: City;
let chromium: Chromium;

beforeAll(async () => {
  [city, chromium] = await Promise.all([City.found(), Chromium.start("none")]);
});
afterAll(async () => {
  await chromium?.end();
  await city?.end();
});

test("the first look: a sample person collects and is let in", async () => {
  const words = wordsIn("en");
  const device = await chromium.device({ camera: "none", viewport: { width: 1280, height: 1000 } });
  const page = await device.open(city.places.look);
  const [wallet, verifier] = [page.frameLocator("#wallet"), page.frameLocator("#verifier")];
  const press = (frame: FrameLocator, text: string, args = {}) =>
    frame.getByRole("button", { name: words.say(text, args), exact: true }).click();

  await wallet.getByRole("button", { name: words.say("start-begin") }).waitFor();
  await page.getByRole("button", { name: "Give somebody a result" }).click();
  await page.getByText("A result is waiting in the wallet.").waitFor();
  for (const step of ["start-begin", "home-waiting-look", "collect-go", "collect-home"]) await press(wallet, step);
  await press(verifier, "choose-open", { policy: wordFor(words, "policy", "entry") });
  await verifier.getByRole("heading", { name: "Entry" }).waitFor();
  await device.clock(150);
  await press(wallet, "home-show");
  await wallet
    .getByRole("button")
    .filter({ has: wallet.getByText("Entry", { exact: true }) })
    .click();
  await press(wallet, "consent-show");
  await wallet.getByRole("img", { name: words.say("pass-code") }).waitFor();
  await page.getByRole("button", { name: "Hold the phone to the door" }).click();
  await verifier.getByRole("alertdialog", { name: "Accepted" }).waitFor();
  expect(device.complaints).toEqual([]);
  await device.end();
});

/** Where an app maker would put the page; nothing is really fetched from there. */
const EMBEDDED = "https://app.example/";
const KINDS: Record<string, string> = { ".js": "text/javascript", ".wasm": "application/wasm", ".css": "text/css" };

test("an app maker's bare page finds a code with the scanner of the package", async () => {
  const [page, dist] = ["examples/embed.html", "dist"].map((path) => new URL(`../../../web/${path}`, import.meta.url));
  if (!page || !dist) throw new Error("no example");
  const device = await chromium.device({ camera: "none" });
  await device.context.route(`${EMBEDDED}**`, async (route) => {
    const { pathname } = new URL(route.request().url());
    const file = pathname === "/" ? page.pathname : pathname.replace("/bauta", dist.pathname);
    if (!existsSync(file)) return route.fulfill({ status: 404 });
    const contentType = pathname === "/" ? "text/html" : (KINDS[extname(file)] ?? "application/octet-stream");
    return route.fulfill({ contentType, body: readFileSync(file) });
  });
  const opened = await device.open(EMBEDDED);
  const buffer = await codeFile("HELLO FROM A BARE PAGE");
  await opened
    .locator("bauta-scanner input[type=file]")
    .setInputFiles({ name: "code.png", mimeType: "image/png", buffer });
  await opened.getByText("Last code: HELLO FROM A BARE PAGE").waitFor();
  // Beside its own origin: a decoder that is not told otherwise fetches its file from elsewhere.
  const others = chromium.proxy
    .taken()
    .filter(({ hostname }) => !["localhost", "127.0.0.1", "app.example"].includes(hostname));
  expect(others.map(String)).toEqual([]);
  expect(device.complaints).toEqual([]);
  await device.end();
});
