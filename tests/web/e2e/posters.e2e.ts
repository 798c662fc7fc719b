// Doors that ask: by an organiser's poster, and by a challenge on their screen. Who scans first answers that one alone.

import { beforeAll, describe, expect, test } from "vitest";
import { codeFile, codeOf } from "../camera/code";
import { screenAround } from "../city/browser";
import { VACCINATED } from "../city/city";
import { chromium, city, device, foundCity } from "../city/founded";
import { textsIn } from "../corpus/corpus";
import { Citizen } from "../people/citizen";
import { Organiser, REASON } from "../people/organiser";
import { Venue } from "../people/venue";

foundCity();

let theatre: Organiser;

beforeAll(async () => {
  theatre = await Organiser.certified(city, "Canal theatre");
});

async function guest(facts?: string[]): Promise<Citizen> {
  return Citizen.withPasses(city, await device(), city.result(facts).link);
}

/** Scans what asks, agrees, and holds the answer up. */
async function answer(citizen: Citizen, screen: Awaited<ReturnType<typeof codeOf>>) {
  await citizen.scanQuestion(chromium, screen);
  await citizen.agree();
  const shown = await screenAround(citizen.code);
  await citizen.done();
  return shown;
}

const PAGE_INSIDE =
  '<foreignObject width="9" height="9"><p xmlns="http://www.w3.org/1999/xhtml">a page</p></foreignObject>';

describe("a poster", { timeout: 120_000 }, () => {
  test("says who asks, why and until when; its answer opens the door once for each guest, and at no other event", async () => {
    const [tonight, tomorrow] = [theatre.poster(), theatre.poster()];
    const [venue, other] = [await Venue.at(city, await device()), await Venue.at(city, await device())];
    await venue.looksAt("event", await codeFile(tonight));
    const poster = await venue.page.locator("verifier-poster article").innerText();
    for (const said of [theatre.name, REASON, "Event"]) expect(poster).toContain(said);
    await venue.press("poster-nobody");
    await venue.page.locator("verifier-scan p", { hasText: theatre.name }).waitFor();
    await other.hangs("event", await codeFile(tomorrow));
    for (const each of [venue, other]) await each.press("scanner-stop");

    const anna = await guest();
    await anna.scanQuestion(chromium, await codeOf(tonight));
    const consent = await anna.page.locator("bauta-consent section").innerText();
    for (const said of [theatre.name, "certified", REASON, "A pseudonym", "does not come in again"]) {
      expect(consent).toContain(said);
    }
    await anna.agree();
    const shown = await screenAround(anna.code);
    await anna.done();
    expect(await other.sees(chromium, shown)).toMatchObject({
      word: "refused",
      said: expect.stringContaining("another poster"),
    });
    expect(await venue.sees(chromium, shown)).toMatchObject({
      word: "accepted",
      red: false,
      said: expect.stringContaining("First entry"),
    });
    expect(await venue.sees(chromium, await answer(anna, await codeOf(tonight)))).toMatchObject({
      word: "refused",
      red: true,
      said: expect.stringContaining("come in before"),
    });

    const bilal = await guest(VACCINATED);
    expect((await venue.sees(chromium, await answer(bilal, await codeOf(tonight)))).word).toBe("accepted");
    // At the other event nobody knows that anna was anywhere.
    expect(await other.sees(chromium, await answer(anna, await codeOf(tomorrow)))).toMatchObject({
      word: "accepted",
      said: expect.stringContaining("First entry"),
    });
  });

  test("as a drawing is read by door and wallet, and what else is in the file neither runs nor is fetched", async () => {
    const svg = theatre.drawnPoster();
    const more = `<script>document.title = "ran"; fetch("https://elsewhere.example/script")</script>
      <style>@import url("https://elsewhere.example/style");</style>
      <image href="https://elsewhere.example/image" width="1" height="1" onload="document.title = 'ran'"/></svg>`;
    const venue = await Venue.at(city, await device());
    const anna = await guest();
    chromium.proxy.taken();

    await venue.looksForPoster("event");
    await venue.giveSvg(svg.replace("</svg>", more));
    await venue.heading("poster-check").waitFor();
    expect(await venue.page.locator("verifier-poster article").innerText()).toContain(theatre.name);
    await anna.lookForQuestion();
    await anna.giveSvg(svg.replace("</svg>", more));
    await anna.button("consent-show").waitFor();
    expect(await anna.page.locator("bauta-consent section").innerText()).toContain(theatre.name);

    for (const { page } of [venue, anna]) expect(await page.title()).not.toBe("ran");
    expect(chromium.proxy.taken().filter(({ hostname }) => hostname === "elsewhere.example")).toEqual([]);
  });

  test.each([
    ["with a page in it", (svg: string) => svg.replace("</svg>", `${PAGE_INSIDE}</svg>`)],
    ["cut off", (svg: string) => svg.slice(0, svg.length / 2)],
    ["too long", (svg: string) => svg.replace("</svg>", `<!--${"-=".repeat(2_000_000)}--></svg>`)],
  ])("as a drawing %s is not read, and the next one is", async (_, spoil) => {
    const svg = theatre.drawnPoster();
    const venue = await Venue.at(city, await device());
    await venue.looksForPoster("event");
    await venue.giveSvg(spoil(svg));
    await venue.page.getByText(venue.words.say("scanner-not-a-picture")).waitFor();
    await venue.giveSvg(svg);
    await venue.heading("poster-check").waitFor();
  });

  test("nobody comes in where somebody may have come in before and the door does not know who", async () => {
    const poster = theatre.poster();
    const venue = await Venue.at(city, await device());
    await venue.hangs("event", await codeFile(poster), "somebody");
    const anna = await guest();
    await venue.press("scanner-stop");
    expect(await venue.sees(chromium, await answer(anna, await codeOf(poster)))).toMatchObject({
      word: "not-ready",
      red: true,
      said: expect.stringContaining("cannot know who came in"),
    });
  });

  test("of a policy that lets whoever went out come in again says so in words, and is green", async () => {
    await city.addPolicy({
      name: "in-and-out",
      credentials: [
        {
          id: "pass",
          format: "bauta-pass",
          meta: { type: "entry-pass" },
          claims: [{ path: ["admits"], values: ["tested-or-vaccinated"] }],
        },
      ],
      one_way: "refused",
      poster: true,
      pseudonym: true,
      reentry: true,
      purpose: { en: "To let whoever went out come in again" },
    });
    const garden = await Organiser.certified(city, "Garden club");
    const poster = garden.poster("in-and-out");
    const anna = await guest();
    const venue = await Venue.at(city, await device());
    await venue.hangs("in-and-out", await codeFile(poster));
    await venue.press("scanner-stop");
    for (const said of ["First entry", "may come in again"]) {
      const verdict = await venue.sees(chromium, await answer(anna, await codeOf(poster)));
      expect(verdict).toMatchObject({ word: "accepted", red: false, said: expect.stringContaining(said) });
    }
  });

  test("still hangs when the worker that checks has ended, and who came in is still known", async () => {
    const poster = theatre.poster();
    const [anna, bilal] = [await guest(), await guest(VACCINATED)];
    const venue = await Venue.at(city, await device());
    await venue.hangs("event", await codeFile(poster));
    await venue.press("scanner-stop");
    const [first, again, other, next] = [
      await answer(anna, await codeOf(poster)),
      await answer(anna, await codeOf(poster)),
      await answer(bilal, await codeOf(poster)),
      await answer(bilal, await codeOf(poster)),
    ];
    expect((await venue.sees(chromium, first)).word).toBe("accepted");
    const checks = venue.page.workers().find((worker) => new URL(worker.url()).pathname.includes("/door"));
    await checks?.evaluate(() => close());
    expect((await venue.sees(chromium, other)).word).toBe("not-ready");
    expect(await venue.sees(chromium, again)).toMatchObject({
      word: "refused",
      said: expect.stringContaining("come in before"),
    });
    expect((await venue.sees(chromium, next)).word).toBe("accepted");
  });

  test("of nobody whom the authority has certified is neither hung up nor answered, nor is one that opens later", async () => {
    const later = theatre.poster("event", { from: 90, until: 150 });
    const forged = `${later.slice(0, -3)}${later.endsWith("000") ? "111" : "000"}`;
    const venue = await Venue.at(city, await device());
    await venue.looksForPoster("event");
    await venue.giveFile(await codeFile(forged));
    await venue.page.getByText(venue.words.say("error-poster-refused")).waitFor();
    await venue.giveFile(await codeFile("BTA1P:00000000"));
    await venue.page.getByText(venue.words.say("error-no-poster")).waitFor();
    await venue.giveText(later);
    // Nobody can have come in yet, so nobody is asked.
    await venue.press("poster-open");
    await venue.heading("policy-event").waitFor();

    const anna = await guest();
    await anna.press("home-show");
    await anna.unfold("doors-others");
    await anna.page.getByText(anna.words.say("error-needs-poster")).first().waitFor();
    await anna.press("back");
    await anna.lookForQuestion();
    for (const { scanned, says } of [
      { scanned: forged, says: "error-poster-not-certified" },
      { scanned: later, says: "error-poster-not-yet" },
    ]) {
      await anna.giveFile(await codeFile(scanned));
      await anna.page.getByText(anna.words.say(says)).waitFor();
      expect(await anna.button("consent-show").count()).toBe(0);
    }
  });
});

describe("a challenge on the screen", { timeout: 120_000 }, () => {
  test("is answered once: the copied code, an answer to an older challenge and one to nothing are red", async () => {
    const venue = await Venue.at(city, await device());
    await venue.askFresh("entry");
    await venue.press("scanner-stop");
    const [anna, bilal] = [await guest(), await guest(VACCINATED)];

    const first = await venue.challenge();
    expect(await textsIn(first)).toEqual([expect.stringMatching(/^BTA1N:/)]);
    await anna.scanQuestion(chromium, first);
    expect(await anna.page.locator("bauta-consent section").innerText()).toContain("Nobody has signed whose it is");
    await anna.agree();
    const shown = await screenAround(anna.code);
    await anna.page.getByText(/Good for .+ more seconds/).waitFor();
    await anna.done();
    const verdict = await venue.sees(chromium, shown);
    expect(verdict).toMatchObject({ word: "accepted", red: false });
    // No guest is told apart from another.
    expect(verdict.said.split("\n").filter((line) => line.trim() !== "")).toEqual(["Accepted", "Next"]);

    await expect.poll(async () => textsIn(await venue.challenge())).not.toEqual(await textsIn(first));
    await venue.device.clock(15);
    const [copied = ""] = await textsIn(shown);
    expect(await venue.takes(copied)).toMatchObject({
      word: "refused",
      said: expect.stringContaining("answered already"),
    });

    const second = await venue.challenge();
    const [late = ""] = await textsIn(await answer(bilal, second));
    await venue.device.clock(150);
    await expect.poll(async () => textsIn(await venue.challenge())).not.toEqual(await textsIn(second));
    expect(await venue.takes(late)).toMatchObject({
      word: "refused",
      said: expect.stringContaining("does not answer what this screen shows"),
    });
    const [unasked = ""] = await textsIn(await bilal.screen());
    expect(await venue.takes(unasked)).toMatchObject({
      word: "refused",
      said: expect.stringContaining("in another way"),
    });
    expect((await venue.sees(chromium, await answer(bilal, await venue.challenge()))).word).toBe("accepted");
  });

  test("has one code for an answer, which goes after two minutes, and the screen can be scanned again", async () => {
    const venue = await Venue.at(city, await device());
    await venue.askFresh("entry");
    const anna = await guest();
    await venue.press("scanner-stop");
    await anna.scanQuestion(chromium, await venue.challenge());
    await anna.agree();
    const [before] = await textsIn(await screenAround(anna.code));
    await anna.device.clock(70);
    expect(await textsIn(await screenAround(anna.code))).toEqual([before]);
    await anna.device.clock(121);
    await anna.page.getByText(anna.words.say("pass-over")).first().waitFor();
    expect(await anna.code.count()).toBe(0);
    await anna.press("show-scan-again");
    await anna.heading("doors-title").waitFor();
  });
});
