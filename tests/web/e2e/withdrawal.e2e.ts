// What is taken back, in the pages: a result, a series, and a list that only some are shown. And how the pages ask for lists.

import { expect, test } from "vitest";
import { codeFile } from "../camera/code";
import { VACCINATED } from "../city/city";
import { chromium, city, device, foundCity } from "../city/founded";
import type { Asked } from "../city/proxy";
import { Citizen } from "../people/citizen";
import { Organiser } from "../people/organiser";
import { Venue } from "../people/venue";
import { LIST_EVERY_MS } from "../../../verifier/web/src/model/venue";

foundCity();

/** What was asked of the list since the last time. */
function listRequests(): Asked[] {
  return chromium.proxy.requests().filter(({ url }) => url.pathname === "/trust-list");
}

test("both pages ask for the list without anything that tells one visitor from another", async () => {
  // A server that would like to know them again.
  chromium.proxy.plant({
    etag: '"you"',
    "last-modified": "Tue, 24 Nov 2026 12:00:00 GMT",
    "set-cookie": "visitor=you; Max-Age=31536000",
    "cache-control": "public, max-age=31536000",
  });
  try {
    for (const address of [city.places.wallet, city.places.verifier]) {
      const sent: Asked[] = [];
      for (const phone of [await device(), await device()]) {
        const page = await phone.open(address);
        if (address === city.places.wallet) await new Citizen(phone, page, "en").begin();
        await expect.poll(() => sent.push(...listRequests()) && sent.length, { timeout: 30_000 }).toBeGreaterThan(0);
        const before = sent.length;
        await page.reload();
        await expect
          .poll(() => sent.push(...listRequests()) && sent.length, { timeout: 30_000 })
          .toBeGreaterThan(before);
      }
      expect(sent.map(({ method, url }) => `${method} ${url.pathname}${url.search}`)).toEqual(
        sent.map(() => "GET /trust-list"),
      );
      // Each byte is everybody's: what the browser says of itself is not the page's to change.
      expect(new Set(sent.map(({ headers }) => JSON.stringify(headers))).size).toBe(1);
      for (const name of ["cookie", "if-none-match", "if-modified-since", "referer", "authorization", "range"]) {
        expect(sent.map(({ headers }) => headers[name])).toEqual(sent.map(() => undefined));
      }
    }
  } finally {
    chromium.proxy.plant({});
  }
});

test("a withdrawn result is named at the next renewal, and the honest one beside it goes on", async () => {
  const anna = await Citizen.withPasses(city, await device(), city.result(VACCINATED).link);
  const other = city.result();
  await anna.page.goto(`${city.places.wallet}#${encodeURIComponent(other.link)}`);
  await anna.page.reload();
  await anna.collect();
  city.withdraw(other.reference);
  const articles = anna.page.locator("wallet-home article");
  await expect.poll(() => articles.count()).toBe(2);
  // One renewal is for all that a person has.
  const first = articles.first();
  await first.locator("summary", { hasText: anna.words.say("record-more") }).click();
  await first.getByRole("button", { name: anna.words.say("record-renew"), exact: true }).click();
  await expect.poll(() => anna.page.locator('button[aria-busy="true"]').count(), { timeout: 30_000 }).toBe(0);
  expect(await anna.problem()).toContain("withdrawn");
  const venue = await Venue.at(city, await device());
  await venue.askAndWait("entry", anna);
  expect(await venue.sees(chromium, await anna.screen())).toMatchObject({ word: "accepted" });
});

// Long, because the pace of a door is real. That this pace is soon enough is `web/test/venue.test.ts`: a minute of a busy machine says little.
test(
  "with the series raised a door refuses from its next fetch on by itself, whatever is scanned, and an honest wallet helps itself",
  { timeout: 240_000 },
  async () => {
    const venue = await Venue.at(city, await device());
    const bilal = await Citizen.withPasses(city, await device(), city.result(VACCINATED).link);
    await venue.askAndWait("entry", bilal);
    expect(await venue.sees(chromium, await bilal.screen())).toMatchObject({ word: "accepted" });

    await city.raiseSeries(1);
    const published = Date.now();
    listRequests();
    let asked = 0;
    let verdict;
    do {
      verdict = await venue.sees(chromium, await bilal.screen());
      asked += listRequests().length;
      // One that was asked for may come after the next guest.
      if (verdict.word === "accepted") expect(asked).toBeLessThan(2);
    } while (verdict.word === "accepted");
    expect(verdict).toMatchObject({ word: "refused", said: expect.stringContaining("withdrawn") });
    expect(asked, "it fetches at its time, however often somebody is scanned").toBeGreaterThan(0);
    expect(asked).toBeLessThanOrEqual(1 + (Date.now() - published) / LIST_EVERY_MS);

    // Opened again, the wallet takes the list, sees that its passes have ended, and asks for others; nobody presses anything.
    await bilal.reload();
    const renewals = () => chromium.proxy.requests().filter(({ url }) => url.pathname === "/credential").length;
    await expect.poll(renewals, { timeout: 60_000, interval: 500 }).toBeGreaterThan(0);
    await expect
      .poll(async () => (await venue.sees(chromium, await bilal.screen())).word, { timeout: 60_000 })
      .toBe("accepted");
  },
);

test("where an organiser has another list of one version, wallet and door say so, and nothing is shown or hung up", async () => {
  const { other } = await city.publishTwo();
  const [theatre, stranger] = [
    await Organiser.certified(city, "Canal theatre"),
    await Organiser.certified(city, "Far theatre", other),
  ];
  const [honest, split] = [theatre.poster(), stranger.poster()];
  const anna = await Citizen.withPasses(city, await device());
  await anna.lookForQuestion();
  await anna.giveFile(await codeFile(split));
  await anna.page.getByText("holds another trust list of version").waitFor();
  await anna.page.getByText("One of the two is false. Nothing was shown: tell the authority.").waitFor();
  expect(await anna.button("consent-show").count()).toBe(0);
  await anna.giveFile(await codeFile(honest));
  await anna.button("consent-show").waitFor();

  const venue = await Venue.at(city, await device());
  await venue.looksForPoster("event");
  await venue.giveFile(await codeFile(split));
  await venue.page.getByText("holds another trust list of version").waitFor();
  await venue.page.getByText("The poster does not hang: tell the authority.").waitFor();
  expect(await venue.button("poster-nobody").count()).toBe(0);
  await venue.giveFile(await codeFile(honest));
  await venue.heading("poster-check").waitFor();
});

// Long for the same reason.
test(
  "a door at which the poster of an organiser with another list hangs is red from the list of that version on",
  { timeout: 180_000 },
  async () => {
    const { other } = city.publishOther();
    const stranger = await Organiser.certified(city, "Distant theatre", other);
    const venue = await Venue.at(city, await device());
    // The list that would tell is still to come.
    await venue.hangs("event", await codeFile(stranger.poster()));
    const before = await venue.takes("no code of ours");
    expect(before).toMatchObject({ word: "refused", said: expect.not.stringContaining("another trust list") });

    await city.publish();
    listRequests();
    let asked = 0;
    let verdict;
    do {
      verdict = await venue.takes("no code of ours");
      asked += listRequests().length;
      if (verdict.word === "refused") expect(asked).toBeLessThan(2);
    } while (verdict.word === "refused");
    expect(verdict).toMatchObject({ word: "not-ready", said: expect.stringContaining("tell the authority") });
    expect(verdict.said).toContain("The organiser of this poster holds another trust list than this door");
  },
);
