// The whole way in a real browser: a lab's result, a wallet, its screen before a camera, a door. Then what the door refuses.

import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { codeFile, codeOf } from "../camera/code";
import { screenAround, type Device } from "../city/browser";
import { VACCINATED } from "../city/city";
import { chromium, city, device, foundCity } from "../city/founded";
import { textsIn } from "../corpus/corpus";
import { Citizen } from "../people/citizen";
import { Venue } from "../people/venue";

foundCity();

test("a tested citizen enters and stays unknown", async () => {
  const venue = await Venue.at(city, await device());
  const anna = await Citizen.withPasses(city, await device());
  await venue.askAndWait("entry", anna);
  const verdict = await venue.sees(chromium, await anna.screen());
  expect(verdict).toMatchObject({ word: "accepted", red: false });
  // Nothing more than the word: no rule, no fact, no name.
  expect(verdict.said.split("\n").filter((line) => line.trim() !== "")).toEqual(["Accepted", "Next"]);
});

test("a door shows its question, a wallet scans it in place of choosing, and says what the door will learn", async () => {
  const venue = await Venue.at(city, await device());
  const anna = await Citizen.withPasses(city, await device());
  await venue.askAndWait("entry", anna);
  const question = await venue.question();
  expect(await textsIn(question)).toEqual([expect.stringMatching(/^BTA1P:[0-9A-F]{8}$/)]);
  // There is one made-up camera, and its film is read when it starts.
  await venue.press("scanner-stop");
  await anna.scanQuestion(chromium, question);
  const consent = await anna.page.locator("bauta-consent section").innerText();
  const asked = anna.page.locator("bauta-consent");
  await asked.getByRole("button", { name: anna.words.say("consent-cancel"), exact: true }).click();
  await anna.heading("doors-title").waitFor();
  await anna.press("back");
  await anna.choose("entry");
  expect(await anna.page.locator("bauta-consent section").innerText(), "as for one that was chosen").toBe(consent);
  await anna.agree();
  expect((await venue.sees(chromium, await screenAround(anna.code))).word).toBe("accepted");
});

test("a question that the wallet's list does not have, and what is no question, is said and not answered", async () => {
  const anna = await Citizen.withPasses(city, await device());
  const pass = await anna.picture();
  await anna.lookForQuestion();
  for (const { scanned, says } of [
    { scanned: await codeFile("BTA1P:00000000"), says: "error-question-unknown" },
    { scanned: await codeFile("BTA1P:entry"), says: "error-question-malformed" },
    { scanned: pass, says: "error-question-malformed" },
    { scanned: await codeFile(city.result().link), says: "error-question-malformed" },
  ]) {
    await anna.giveFile(scanned);
    await anna.page.getByRole("alert").getByText(anna.words.say(says), { exact: true }).waitFor();
    expect(await anna.button("consent-show").count()).toBe(0);
  }
});

// Long, because three devices are set up and eight seconds are filmed.
test(
  "one after the other, without touching the door: tested and vaccinated look the same",
  { timeout: 120_000 },
  async () => {
    const venue = await Venue.at(city, await device());
    const anna = await Citizen.withPasses(city, await device());
    const bilal = await Citizen.withPasses(city, await device(), city.result(VACCINATED).link);
    await venue.askAndWait("entry", anna, bilal);
    const [first, second] = [await anna.screen(), await bilal.screen()];
    expect((await textsIn(first))[0]?.length).toBe((await textsIn(second))[0]?.length);
    chromium.shows({ screen: first, seconds: 3 }, { screen: undefined, seconds: 2 }, { screen: second, seconds: 3 });
    await venue.restartCamera();
    // The film goes on meanwhile, and so do they: nobody presses anything.
    for (const _ of [first, second]) {
      await venue.alert.getByRole("heading", { name: "Accepted" }).waitFor();
      await venue.alert.waitFor({ state: "hidden" });
    }
  },
);

describe("the door refuses", () => {
  let anna: Citizen;
  let venue: Venue;
  let ours: Device[];

  beforeAll(async () => {
    ours = [await chromium.device(), await chromium.device()];
    venue = await Venue.at(city, ours[0] as Device);
    anna = await Citizen.withPasses(city, ours[1] as Device, city.result(VACCINATED).link);
    await venue.askAndWait("entry", anna);
  });
  afterAll(async () => {
    for (const each of ours) {
      await each.end();
      expect(each.complaints).toEqual([]);
    }
  });

  test("the same code again", async () => {
    const screen = await anna.screen();
    const [text = ""] = await textsIn(screen);
    expect((await venue.sees(chromium, screen)).word).toBe("accepted");
    // Within ten seconds it is taken for the same visitor.
    expect((await venue.takes(text)).word).toBe("accepted");
    await venue.device.clock(venue.waited + 15);
    const again = await venue.sees(chromium, screen);
    await venue.device.clock(venue.waited);
    expect(again).toMatchObject({ word: "refused", said: expect.stringContaining("already shown") });
  });

  test("a code in which one letter is changed", async () => {
    const [text = ""] = await textsIn(await anna.screen());
    expect(await venue.sees(chromium, await codeOf(changed(text)))).toMatchObject({
      word: "refused",
      said: expect.stringMatching(/does not hold|is damaged/),
    });
  });

  test("an answer to another question", async () => {
    expect(await venue.sees(chromium, await anna.screen("vaccinated"))).toMatchObject({
      word: "refused",
      said: expect.stringContaining("another question"),
    });
  });

  test.each([
    { clock: -180, says: "3 minutes behind" },
    { clock: +180, says: "3 minutes ahead" },
  ])("a code of a phone whose clock is wrong by $clock seconds, and says which way", async ({ clock, says }) => {
    const begins = minuteThatBegins(venue.waited);
    await venue.device.clock(begins);
    await anna.device.clock(begins + clock);
    const screen = await anna.screen();
    const verdict = await venue.sees(chromium, screen);
    for (const each of [venue, anna]) await each.device.clock(venue.waited);
    expect(verdict).toMatchObject({ word: "refused", said: expect.stringContaining(says) });
  });

  test("what is no code of ours, whatever it says", async () => {
    const foreign = await codeOf("https://example.org/");
    expect(await venue.sees(chromium, foreign)).toMatchObject({ word: "refused", red: true });
    for (const text of [
      "https://example.org/",
      "<img src=x onerror=alert(1)>",
      "BTA1:",
      "\u202Eecart",
      "A".repeat(4000),
    ]) {
      expect(await venue.takes(text), text).toMatchObject({ word: "refused", red: true });
    }
  });
});

test("after a withdrawal and a raised series the honest renew and enter, the withdrawn do not", async () => {
  const venue = await Venue.at(city, await device());
  const result = city.result();
  const anna = await Citizen.withPasses(city, await device(), result.link);
  const bilal = await Citizen.withPasses(city, await device(), city.result(VACCINATED).link);
  await venue.askAndWait("entry", anna, bilal);
  city.withdraw(result.reference);
  await city.raiseSeries(1);

  // A door takes the newer list within a minute, and at once when it is opened.
  await venue.reload();
  await venue.askAndWait("entry", anna, bilal);
  // Both at once: in fifteen seconds an honest wallet helps itself.
  for (const screen of [await anna.screen(), await bilal.screen()]) {
    expect(await venue.sees(chromium, screen)).toMatchObject({
      word: "refused",
      said: expect.stringContaining("withdrawn"),
    });
  }
  await bilal.renew();
  expect(await venue.sees(chromium, await bilal.screen())).toMatchObject({ word: "accepted" });
  await anna.renew();
  expect(await anna.problem()).toContain("withdrawn");
  await anna.press("home-show");
  await anna.page.getByText(anna.words.say("doors-none")).waitFor();
});

/**
 * How far ahead clocks are that are ahead at least so many seconds and stand at the beginning of a minute: codes say the minute in which
 * they were made, and this one is not over before the code was held before a camera.
 */
function minuteThatBegins(ahead: number): number {
  return ahead + 60 - ((Date.now() / 1000 + ahead) % 60);
}

/** The same code with another last byte: letters of base45 stand for numbers, and this changes one by one. */
function changed(text: string): string {
  const letters = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";
  const at = text.length - 3;
  const letter = letters.indexOf(text[at] ?? "");
  return text.slice(0, at) + letters[letter > 0 ? letter - 1 : 1] + text.slice(at + 1);
}
