// Two passes in one code: the door asks for entry and membership at once.

import { beforeAll, describe, expect, test } from "vitest";
import { codeFile, codeOf } from "../camera/code";
import { screenAround } from "../city/browser";
import { chromium, city, device, foundCity } from "../city/founded";
import { Citizen } from "../people/citizen";
import { Organiser } from "../people/organiser";
import { Venue } from "../people/venue";

foundCity();

const BOTH = "entry-and-member";

let library: Organiser;

beforeAll(async () => {
  await city.takesMembers();
  library = await Organiser.certified(city, "Library by the lock");
});

async function member(): Promise<Citizen> {
  const citizen = await Citizen.withPasses(city, await device());
  await citizen.collectSpoken(city.membership(undefined, "--short"));
  return citizen;
}

describe("a door that asks for two passes", { timeout: 120_000 }, () => {
  test("is answered by a poster's scan with one code, and green says what each pass was", async () => {
    const poster = library.poster(BOTH);
    const venue = await Venue.at(city, await device());
    await venue.hangs(BOTH, await codeFile(poster));
    await venue.press("scanner-stop");

    const anna = await member();
    await anna.scanQuestion(chromium, await codeOf(poster));
    const consent = await anna.page.locator("bauta-consent section").innerText();
    for (const said of [
      "Entry pass",
      "tested or vaccinated",
      "Membership pass",
      "library",
      "both passes are of one person",
      "A pseudonym",
      "Nothing else",
    ]) {
      expect(consent).toContain(said);
    }
    await anna.agree();
    const shown = await screenAround(anna.code);
    await anna.done();
    const verdict = await venue.sees(chromium, shown);
    expect(verdict).toMatchObject({ word: "accepted", red: false });
    for (const said of ["First entry", "Entry pass", "tested or vaccinated", "Membership pass", "library"]) {
      expect(verdict.said).toContain(said);
    }
  });

  test("is not answered by who has one of them, who reads which one is missing", async () => {
    const bilal = await Citizen.withPasses(city, await device());
    const missing = bilal.words.say("error-no-pass-of-two", { type: bilal.words.say("type-membership-pass") });
    await bilal.lookForQuestion();
    await bilal.unfold("doors-others");
    const card = bilal.page.locator("wallet-doors .card", { hasText: bilal.words.say(`policy-${BOTH}`) });
    expect(await card.innerText()).toContain(missing);
    await bilal.giveText(library.poster(BOTH));
    await bilal.page.getByRole("alert").getByText(missing, { exact: true }).waitFor();
  });

  test("is answered with one pass by nobody, and asks for one where it is told to", async () => {
    const anna = await member();
    const venue = await Venue.at(city, await device());
    await venue.askAndWait(BOTH, anna);
    await venue.press("scanner-stop");
    // Made for the question "entry", by the same wallet.
    expect(await venue.sees(chromium, await anna.screen("entry"))).toMatchObject({
      word: "refused",
      red: true,
      said: expect.stringContaining("another question"),
    });
    expect((await venue.sees(chromium, await anna.screen(BOTH))).word).toBe("accepted");
  });
});
