// Every screen of both pages, in every state that a person can meet, one after the other.

import type { BrowserContextOptions } from "playwright-core";
import { codeFile } from "../camera/code";
import type { Chromium } from "../city/browser";
import type { City } from "../city/city";
import { textsIn } from "../corpus/corpus";
import { Citizen } from "../people/citizen";
import { Organiser } from "../people/organiser";
import type { Person } from "../people/person";
import { Venue } from "../people/venue";
import type { Spoken } from "../people/words";

/** What is done on each: its name is unique within a page. */
export type Visit = (name: string, person: Person) => Promise<void>;

const PASSPHRASE = "a passphrase of the tour";

/** Where people who speak so live. */
const LOCALES: Record<Spoken, string> = { en: "en-GB", nl: "nl-NL", ar: "ar", "en-XA": "en-XA" };

export function localeOf(language: Spoken): string {
  return LOCALES[language];
}

export interface Tour {
  city: City;
  chromium: Chromium;
  language: Spoken;
  options?: BrowserContextOptions;
  visit: Visit;
}

/** The wallet, from its first screen to its removal. */
export async function throughTheWallet({ city, chromium, language, options, visit }: Tour): Promise<void> {
  const device = await chromium.device({ ...options, locale: localeOf(language) });
  const anna = await Citizen.at(city, device, "", language);
  const see = (name: string) => visit(name, anna);

  await anna.button("start-begin").waitFor();
  await see("start");
  await anna.press("start-restore");
  await see("restore");
  await anna.press("back");
  await anna.begin();
  await see("empty");

  await anna.press("home-collect");
  await see("collect");
  await anna.unfold("collect-spoken");
  await anna.unfold("scanner-other-ways");
  await see("collect, other ways");
  await anna.giveFile(await codeFile("https://lab.elsewhere.example/offer#0"));
  await anna.button("collect-drop").waitFor();
  await see("collect, unknown lab");
  await anna.press("collect-drop");
  await anna.giveFile(await codeFile(city.result().link));
  await anna.button("collect-go").waitFor();
  await see("collect, confirm");
  await anna.press("collect-go");
  await anna.heading("collect-done").waitFor();
  await see("collected");
  await anna.press("collect-home");
  await anna.button("home-show").waitFor();
  await see("home");
  await anna.unfold("record-more");
  await see("home, record");

  await anna.press("home-show");
  await anna.heading("doors-title").waitFor();
  await see("doors");
  await anna.page.goBack();
  await anna.choose("entry");
  await see("consent");
  await anna.press("consent-show");
  await anna.code.waitFor();
  await see("pass");
  await anna.press("show-done");
  await asked(anna, { city, chromium, see });

  await anna.press("settings-title");
  await see("settings");
  for (const section of ["people", "records", "passphrase", "backup", "about"]) {
    await anna.unfold(`settings-${section}`);
    await see(`settings, ${section}`);
    if (section === "passphrase") await passphrase(anna, see);
    await anna.unfold(`settings-${section}`);
  }
  const other = await device.open(city.places.wallet);
  const elsewhere = new Citizen(device, other, language);
  await elsewhere.heading("elsewhere-title").waitFor();
  await visit("elsewhere", elsewhere);
  await other.close();

  await anna.press("remove-everything");
  await anna.button("remove-yes").waitFor();
  await see("remove, sure");
  await anna.press("remove-yes");
  await anna.heading("gone-title").waitFor();
  await see("gone");
  await device.end();
}

type See = (name: string) => Promise<void>;

/** What a poster asks, and a screen; and a code to a screen until its end. */
async function asked(anna: Citizen, { city, chromium, see }: Pick<Tour, "city" | "chromium"> & { see: See }) {
  const theatre = await Organiser.certified(city, "Canal theatre");
  await anna.readQuestion(await codeFile(theatre.poster()));
  await see("consent, poster");
  await anna.page.goBack();
  await anna.press("back");

  const door = await chromium.device({ camera: "none" });
  const venue = await Venue.at(city, door);
  await venue.askFresh("entry");
  const [challenge = ""] = await textsIn(await venue.challenge());
  await door.end();
  await anna.readQuestion(await codeFile(challenge));
  await see("consent, screen");
  await anna.agree();
  await see("pass, to a screen");
  await anna.device.clock(121);
  await anna.page.getByText(anna.words.say("pass-over")).first().waitFor();
  await see("pass, over");
  await anna.device.clock(0);
  await anna.press("show-done");
}

/** Two that differ, then one that is set: locked, and open again. */
async function passphrase(anna: Citizen, see: See): Promise<void> {
  const fields = anna.page.locator("wallet-passphrase input");
  await fields.nth(0).fill(PASSPHRASE);
  await fields.nth(1).fill("another one");
  await anna.press("passphrase-set");
  await anna.page.locator("wallet-passphrase [role=alert]:visible").waitFor();
  await see("settings, passphrase differs");
  await fields.nth(1).fill(PASSPHRASE);
  await anna.press("passphrase-set");
  await anna.press("passphrase-lock-now");
  await anna.heading("locked-title").waitFor();
  await see("locked");
  await anna.page.locator("wallet-locked input").fill(PASSPHRASE);
  await anna.press("locked-open");
  await anna.heading("settings-title").waitFor();
  await anna.unfold("settings-passphrase");
}

/** The verifier, from the question to all kinds of verdicts. */
export async function throughTheVerifier({ city, chromium, language, options, visit }: Tour): Promise<void> {
  const device = await chromium.device({ ...options, locale: localeOf(language) });
  const venue = await Venue.at(city, device, language);
  const see = (name: string) => visit(name, venue);
  const phone = await chromium.device();
  const anna = await Citizen.withPasses(city, phone);

  await venue.heading("choose-title").waitFor();
  await see("choose");
  await asking(venue, anna, { city, see });
  await venue.ask("entry-with-hint");
  await see("opening");
  await venue.reload();
  await anna.wantsHint();
  await venue.askAndWait("entry-with-hint", anna);
  await see("scanning");
  await venue.press("scanner-stop");
  await see("camera off");
  await venue.unfold("scanner-other-ways");
  await see("other ways");

  await venue.giveFile(await anna.picture("entry-with-hint"));
  await venue.alert.getByRole("heading", { level: 2 }).waitFor();
  await see("accepted, compare");
  await venue.press("verdict-close");
  await venue.giveFile(await anna.picture("entry"));
  await venue.alert.getByRole("heading", { level: 2 }).waitFor();
  await see("refused");
  await venue.press("verdict-close");
  await venue.page.reload();
  await venue.askAndWait("entry", anna);
  await venue.giveFile(await anna.picture("entry"));
  await venue.alert.getByRole("heading", { level: 2 }).waitFor();
  await see("accepted");
  await venue.press("verdict-close");

  await venue.press("scan-kiosk");
  await see("kiosk");
  await device.end();

  const outdated = await chromium.device({ ...options, locale: localeOf(language) });
  const late = await Venue.at(city, outdated, language);
  await late.heading("choose-title").waitFor();
  await outdated.clock(30 * 60 * 60);
  await late.reload();
  await late.heading("choose-title").waitFor();
  await visit("amber", late);
  await outdated.end();
  await phone.end();
}

/** The ways of asking in which visitors scan first. */
async function asking(venue: Venue, anna: Citizen, { city, see }: Pick<Tour, "city"> & { see: See }): Promise<void> {
  await venue.askFresh("entry");
  await see("fresh challenge");
  await venue.reload();

  const theatre = await Organiser.certified(city, "Canal theatre");
  const poster = await codeFile(theatre.poster());
  await venue.looksForPoster("event");
  await see("poster");
  await venue.giveFile(await codeFile("BTA1P:00000000"));
  await venue.page.getByText(venue.words.say("error-no-poster")).waitFor();
  await see("poster, some other code");
  await venue.giveFile(poster);
  await venue.heading("poster-check").waitFor();
  await see("poster, check");
  await venue.press("poster-nobody");
  await venue.button("scanner-stop").waitFor();
  await see("poster hangs");
  for (const entry of ["accepted, first entry", "refused, came in before"]) {
    await anna.readQuestion(poster);
    await anna.agree();
    const answer = await anna.code.screenshot();
    await anna.done();
    await venue.giveFile(answer);
    await venue.alert.getByRole("heading", { level: 2 }).waitFor();
    await see(entry);
    await venue.press("verdict-close");
  }
  await venue.reload();
  await venue.heading("choose-title").waitFor();
}
