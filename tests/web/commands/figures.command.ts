// `cargo xtask web-figures`: how long showing, checking and starting take in Chromium, and what the pages weigh. Medians.

import { readdirSync, readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { test } from "vitest";
import type { Page } from "playwright-core";
import { Chromium } from "../city/browser";
import { City } from "../city/city";
import { textsIn } from "../corpus/corpus";
import { ofPng } from "../camera/picture";
import { Citizen } from "../people/citizen";
import { untilVerdict } from "../people/timing";
import { Venue } from "../people/venue";

const ROUNDS = 15;

test("figures of the pages", { timeout: 600_000 }, async () => {
  const [city, chromium] = await Promise.all([City.found(), Chromium.start("none")]);
  try {
    const venue = await Venue.at(city, await chromium.device({ camera: "none" }));
    const anna = await Citizen.withPasses(city, await chromium.device({ camera: "none" }));
    await venue.askAndWait("entry", anna);
    const showing = await anna.page.evaluate(timesOfShowing, ROUNDS);
    const verdicts = [];
    for (let round = 0; round < ROUNDS; round++) {
      const [text = ""] = await textsIn(ofPng(await anna.picture()));
      const measured = await untilVerdict(venue.page, "bauta-code");
      await venue.takes(text);
      verdicts.push((await measured()).verdict);
    }
    await anna.page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
    await venue.page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
    chromium.proxy.cut();
    const rows = [
      ["showing, computing alone", median(showing)],
      ["decoded text to verdict on the screen", median(verdicts)],
      ["start of the wallet without a network", median(await starts(anna.page, "wallet-home"))],
      ["start of the verifier without a network", median(await starts(venue.page, "verifier-choose"))],
    ] as const;
    for (const [what, milliseconds] of rows) process.stdout.write(`| ${what} | ${milliseconds.toFixed(0)} ms |\n`);
    for (const page of ["wallet", "verifier"]) for (const line of weightsOf(page)) process.stdout.write(`${line}\n`);
  } finally {
    await chromium.end();
    await city.end();
  }
});

/** From the beginning of the navigation until the first screen stands. */
async function starts(page: Page, screen: string): Promise<number[]> {
  const times = [];
  for (let round = 0; round < ROUNDS; round++) {
    await page.reload({ waitUntil: "commit" });
    const stands = await page.waitForFunction((name) => {
      const main = document.querySelector("wallet-page, verifier-page")?.shadowRoot?.querySelector("main");
      return main?.querySelector(name)?.shadowRoot?.querySelector("h1") ? performance.now() : undefined;
    }, screen);
    times.push(Number(await stands.jsonValue()));
  }
  return times;
}

/** Runs in the page. */
function timesOfShowing(rounds: number): number[] {
  interface Wallet {
    policies(now: number): { id: string; name: string }[];
    show(policy: string, now: number): unknown;
  }
  interface Household {
    current: { id: string };
    wallet(id: string): Wallet;
  }
  const page = document.querySelector("wallet-page") as unknown as { app: { household: Household } };
  const { household } = page.app;
  const wallet = household.wallet(household.current.id);
  const now = Math.floor(Date.now() / 1000);
  const policy = wallet.policies(now).find(({ name }) => name === "entry")?.id ?? "";
  return Array.from({ length: rounds }, () => {
    const begun = performance.now();
    wallet.show(policy, now);
    return performance.now() - begun;
  });
}

function weightsOf(page: string): string[] {
  const folder = new URL(`../../../target/web/${page}/`, import.meta.url);
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const parts = files.map((file) => ({
    name: file.name.replace(/-[\w-]{8}(?=\.)/, ""),
    gzip: gzipSync(readFileSync(`${file.parentPath}/${file.name}`)).length,
  }));
  parts.sort((a, b) => b.gzip - a.gzip);
  const whole = parts.reduce((sum, { gzip }) => sum + gzip, 0);
  return [{ name: `the ${page}, in all`, gzip: whole }, ...parts.slice(0, 4)].map(
    ({ name, gzip }) => `| ${name} | ${(gzip / 1024).toFixed(0)} KiB |`,
  );
}

function median(values: number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}
