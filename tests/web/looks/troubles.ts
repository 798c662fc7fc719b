// The screens of both pages that nobody wants to see: what failed, what is missing, what has expired; and those of few people.

import type { BrowserContextOptions } from "playwright-core";
import { codeFile } from "../camera/code";
import type { Chromium, Device } from "../city/browser";
import { VACCINATED } from "../city/city";
import { Citizen } from "../people/citizen";
import { Venue } from "../people/venue";
import { localeOf, type Tour } from "./tour";

const HOUR = 60 * 60;

/** The wallet: collections and renewals that fail, several people, a backup, and what a host has set up wrongly. */
export async function throughTheWalletsTroubles({ city, chromium, language, options, visit }: Tour): Promise<void> {
  const device = await troubled(chromium, { ...options, locale: localeOf(language) });
  const ticket = city.result();
  const anna = await Citizen.at(city, device, ticket.link, language);
  const see = (name: string) => visit(name, anna);
  /** What the lab's service does not answer for now. */
  const away = (path: string) => device.context.route(`${city.places.lab}${path}`, (route) => route.abort());
  const back = (path: string) => device.context.unroute(`${city.places.lab}${path}`);
  const problem = () => anna.page.locator("[role=alert]:visible", { hasText: /\p{L}/u }).first().waitFor();

  await anna.button("start-begin").waitFor();
  await see("start, a result waits");
  await anna.begin();
  await see("empty, a result waits");
  await away("/token");
  await anna.press("home-waiting-look");
  await anna.press("collect-go");
  await problem();
  await see("collect, lab away");
  await back("/token");
  await away("/credential");
  await anna.press("collect-go");
  await problem();
  await anna.press("back");
  await anna.button("home-go-on").waitFor();
  await see("interrupted");
  await back("/credential");
  await away("/nonce");
  await anna.press("home-go-on");
  await anna.page.getByText(anna.words.say("record-no-passes"), { exact: true }).waitFor();
  await problem();
  await see("home, no passes");
  await anna.press("home-show");
  await anna.heading("doors-title").waitFor();
  await see("doors, nothing to show");
  await back("/nonce");
  await anna.press("back");
  await anna.renew();

  await anna.press("home-collect");
  await anna.press("scanner-start");
  await anna.page.getByText(anna.words.say("scanner-camera-refused")).waitFor();
  await see("camera refused");
  await anna.giveFile(await codeFile(ticket.link));
  await anna.press("collect-go");
  await problem();
  await see("collect, code spent");
  await anna.press("collect-drop");
  await anna.press("back");

  await anna.lookForQuestion();
  await see("doors, scan");
  await anna.giveFile(await codeFile("BTA1P:00000000"));
  await problem();
  await see("doors, unknown question");
  await anna.page.goBack();

  await anna.choose("entry");
  // A month later no pass is of today.
  await device.clock(30 * 24 * HOUR);
  await anna.press("consent-show");
  await anna.button("pass-again").waitFor();
  await see("pass failed");
  await anna.press("show-done");
  await see("home, list expired");
  await device.clock(0);
  city.withdraw(ticket.reference);
  await anna.renew();
  await problem();
  await see("home, withdrawn");

  await anna.addPerson("Bilal");
  await see("home, several people");
  await anna.press("settings-title");
  await anna.unfold("settings-people");
  await see("settings, several people");
  await anna.unfold("settings-people");
  await anna.unfold("settings-backup");
  const sealed = await anna.seal(PASSPHRASE);
  await see("settings, backup made");
  await anna.giveBackup(sealed);
  await anna.tryPassphrase("a wrong passphrase");
  await problem();
  await see("settings, restore failed");
  await anna.unfold("settings-backup");
  await anna.unfold("settings-passphrase");
  await anna.setPassphrase(PASSPHRASE);
  await anna.press("passphrase-lock-now");
  await anna.heading("locked-title").waitFor();
  await anna.page.locator("wallet-locked input").fill("a wrong passphrase");
  await anna.press("locked-open");
  await problem();
  await see("locked, wrong passphrase");
  await anna.press("locked-forgotten");
  await see("locked, forgotten");

  await setUpWrongly(device);
  await anna.reload();
  await anna.heading("fault-title").waitFor();
  await see("fault");
  await device.end();
}

const PASSPHRASE = "a passphrase of the tour";

/** The verifier: a list that has expired, a door that cannot check, no camera, and what a host has set up wrongly. */
export async function throughTheVerifiersTroubles({ city, chromium, language, options, visit }: Tour): Promise<void> {
  const device = await troubled(chromium, { ...options, locale: localeOf(language) });
  const venue = await Venue.at(city, device, language);
  const see = (name: string) => visit(name, venue);
  const phone = await chromium.device();
  // Somebody whose passes are good for more than a day.
  const anna = await Citizen.withPasses(city, phone, city.result(VACCINATED).link);

  await venue.open("entry");
  await venue.page.getByText(venue.words.say("scanner-camera-refused")).waitFor();
  await see("camera refused");
  await venue.question();
  await see("question");

  await device.clock(30 * HOUR);
  await venue.reload();
  await venue.open("entry");
  for (const each of [device, phone]) await each.clock(30 * HOUR + 150);
  await venue.giveFile(await anna.picture("entry"));
  await venue.alert.getByRole("heading", { level: 2 }).waitFor();
  await see("accepted, list ageing");
  await venue.press("verdict-close");

  await device.clock(49 * HOUR);
  await venue.reload();
  await venue.heading("choose-title").waitFor();
  await see("list expired");
  await venue.open("entry");
  await venue.giveFile(await anna.picture("entry"));
  await venue.alert.getByRole("heading", { level: 2 }).waitFor();
  await see("cannot check");
  await venue.press("verdict-close");
  await phone.end();

  await setUpWrongly(device);
  await venue.reload();
  await venue.heading("fault-title").waitFor();
  await see("wrongly set up");
  await device.context.unroute("**/bauta.json");
  await device.context.route("**/bauta.json", async (route) => {
    const settings = (await (await route.fetch()).json()) as object;
    await route.fulfill({ json: { ...settings, root: "00".repeat(32) } });
  });
  await venue.reload();
  await venue.heading("fault-title").waitFor();
  await see("another root");
  await device.end();
}

/** A device without a camera. What a test puts in place of a host's file is seen there: nothing is kept for use without a network. */
async function troubled(chromium: Chromium, options: BrowserContextOptions): Promise<Device> {
  const device = await chromium.device(options);
  await device.context.addInitScript(refuseCamera);
  await device.context.route("**/sw.js", (route) => route.abort());
  return device;
}

/** A host has misspelt a name. */
async function setUpWrongly(device: Device): Promise<void> {
  await device.context.route("**/bauta.json", (route) => route.fulfill({ json: { rot: "" } }));
}

/** Runs in the page, before anything else. */
function refuseCamera(): void {
  navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException("refused", "NotAllowedError"));
}
