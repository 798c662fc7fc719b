// Without a mouse, and without eyes: the whole way by keyboard, and what a screen reader is told.

import { expect, test } from "vitest";
import type { Locator } from "playwright-core";
import { VACCINATED } from "../city/city";
import { textsIn } from "../corpus/corpus";
import { ofPng } from "../camera/picture";
import { chromium, city, foundCity } from "../city/founded";
import { Citizen } from "../people/citizen";
import type { Person } from "../people/person";
import { Venue } from "../people/venue";
import { wordFor } from "../people/words";

foundCity("none");

/** More stops than any screen has. */
const STOPS = 60;

/** Tabs to it and presses Enter. On the way every stop can be seen. */
async function byKeyboard({ page }: Person, target: Locator): Promise<void> {
  await target.waitFor();
  for (let stop = 0; stop < STOPS; stop++) {
    await page.keyboard.press("Tab");
    expect(await page.evaluate(unseenFocus)).toBe("");
    if (
      await target.evaluate((element) => (element.getRootNode() as Document | ShadowRoot).activeElement === element)
    ) {
      await page.keyboard.press("Enter");
      return;
    }
  }
  throw new Error(`the keyboard does not reach ${String(target)}`);
}

test("by keyboard alone somebody collects and shows, and a door is opened and checks", async () => {
  const phone = await chromium.device({ camera: "none" });
  const anna = await Citizen.at(city, phone, city.result().link);
  for (const step of ["start-begin", "home-waiting-look", "collect-go", "collect-home", "home-show"]) {
    await byKeyboard(anna, anna.button(step));
  }
  const entry = wordFor(anna.words, "policy", "entry");
  await byKeyboard(anna, anna.policy("entry"));
  await byKeyboard(anna, anna.button("consent-show"));
  await anna.code.waitFor();

  const door = await chromium.device({ camera: "none" });
  const venue = await Venue.at(city, door);
  await byKeyboard(venue, venue.page.getByRole("button", { name: venue.words.say("choose-open", { policy: entry }) }));
  await venue.heading("policy-entry").waitFor();
  for (const device of [door, phone]) await device.clock(150);
  await byKeyboard(anna, anna.button("show-done"));
  const [text = ""] = await textsIn(ofPng(await anna.picture()));
  // A scanner that plugs in types what it reads, wherever the page is, and ends with Enter.
  await venue.scannerTypes(text);
  await venue.alert.getByRole("heading", { name: "Accepted" }).waitFor();
  await byKeyboard(venue, venue.button("verdict-close"));
  await venue.alert.waitFor({ state: "hidden" });
  await phone.end();
  await door.end();
});

test("a screen reader is told what is on the screen, and nothing that is not", async () => {
  const phone = await chromium.device({ camera: "none" });
  const anna = await Citizen.withPasses(city, phone, city.result(VACCINATED).link);
  await anna.choose("entry");
  expect(await anna.page.locator("bauta-consent").ariaSnapshot()).toContain("Nothing else");
  await anna.press("consent-show");
  await anna.code.waitFor();
  // The name of the code is all that can be read of it: a guard who looks instead of scanning finds nothing to believe.
  const pass = await anna.page.locator("bauta-pass").ariaSnapshot();
  expect(pass).toContain('img "Code for the door to scan"');
  expect(pass).not.toMatch(/accepted|valid|tested|vaccinated|Entry/i);
  await anna.done();

  const door = await chromium.device({ camera: "none" });
  const venue = await Venue.at(city, door);
  await venue.askAndWait("entry", anna);
  for (const { picture, word, live } of [
    { picture: await anna.picture(), word: "Accepted", live: "Accepted" },
    { picture: await anna.picture("vaccinated"), word: "Refused", live: "another question" },
  ]) {
    await venue.giveFile(picture);
    await venue.page.getByRole("alertdialog", { name: word, exact: true }).waitFor();
    await expect(venue.alert.locator("[aria-live=assertive]").innerText()).resolves.toContain(live);
    await venue.press("verdict-close");
    await venue.alert.waitFor({ state: "hidden" });
  }
  await phone.end();
  await door.end();
});

/** Runs in the page: what has the focus, if nobody could see that it has. */
function unseenFocus(): string {
  let focused = document.activeElement;
  while (focused?.shadowRoot?.activeElement) focused = focused.shadowRoot.activeElement;
  if (!focused || focused === document.body || focused.matches("dialog, h1")) return "";
  // A field that is hidden for the eye shows its focus on its label.
  const shown = focused.matches(".unseen") ? (focused.nextElementSibling ?? focused) : focused;
  const style = getComputedStyle(shown);
  const seen = (style.outlineStyle !== "none" && style.outlineWidth !== "0px") || style.boxShadow !== "none";
  return seen ? "" : shown.outerHTML.slice(0, 160);
}
