// Two results of one person: what neither gives alone, the wallet fetches by itself.

import { expect, test } from "vitest";
import { VACCINATED } from "../city/city";
import { chromium, city, foundCity } from "../city/founded";
import { Citizen } from "../people/citizen";
import { Venue } from "../people/venue";

foundCity();

const BOTH = "vaccinated-and-tested";

test("two results become one pass for vaccinated and tested, and the door sees one pass", async () => {
  const [hall, phone] = [await chromium.device(), await chromium.device()];
  const venue = await Venue.at(city, hall);
  const anna = await Citizen.withPasses(city, phone);
  const sent: number[] = [];
  await phone.context.route(`${city.places.lab}/credential`, (route) => {
    sent.push(route.request().postDataBuffer()?.length ?? 0);
    return route.continue();
  });

  // Tested alone is not enough; the list of doors says so by not offering this one.
  await anna.press("home-show");
  await expect(anna.policy(BOTH).count()).resolves.toBe(0);
  await anna.press("back");

  await anna.collectSpoken(city.result(VACCINATED, "--short"));
  expect(sent, "the record, each of the two alone, and then both").toHaveLength(4);
  expect(sent[3], "two in one request").toBeGreaterThan(sent[2] ?? 0);
  const first = anna.page.locator("wallet-home article").first();
  await first.locator("summary").click();
  const together = anna.words.say("record-pass-together", { rule: anna.words.say(`rule-${BOTH}`) });
  await first.getByText(together).first().waitFor();
  await first.locator("summary").click();

  await venue.askAndWait(BOTH, anna);
  expect(await venue.sees(chromium, await anna.screen(BOTH))).toMatchObject({ word: "accepted", red: false });

  // Removing the one takes with it what the two gave, and leaves what the other gives alone.
  await anna.press("settings-title");
  await anna.unfold("settings-records");
  const record = anna.words.say("type-health-record");
  await anna.page
    .getByRole("button", { name: anna.words.say("records-forget", { record }) })
    .last()
    .click();
  await anna.press("remove-yes");
  await anna.page
    .getByRole("button", { name: anna.words.say("records-forget", { record }) })
    .nth(1)
    .waitFor({ state: "detached" });
  await anna.press("back");
  await anna.press("home-show");
  await expect(anna.policy(BOTH).count()).resolves.toBe(0);
  await expect(anna.policy("entry").count()).resolves.toBe(1);
  await Promise.all([hall.end(), phone.end()]);
});
