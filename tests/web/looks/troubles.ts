// The screens of both pages that nobody wants to see: what failed, what is missing, what has expired; and those of few people.

import type { BrowserContextOptions } from "playwright-core";
import { codeFile } from "../camera/code";
import type { Chromium, Device } from "../city/browser";
import { VACCINATED, type City } from "../city/city";
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
  await anna.giveFile(Buffer.from("no picture"));
  await anna.page.getByText(anna.words.say("scanner-not-a-picture"), { exact: true }).waitFor();
  await see("collect, no picture");
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
  await secondPerson({ city, device, anna, see });
  await anna.press("settings-title");
  await anna.unfold("settings-people");
  await see("settings, several people");
  const remove = anna.words.say("people-remove", { person: "Bilal" });
  await anna.page.getByRole("button", { name: remove, exact: true }).click();
  await see("settings, remove a person");
  await anna.press("keep");
  await anna.unfold("settings-people");
  await anna.unfold("settings-records");
  await anna.page.locator("wallet-records button.danger").click();
  await see("settings, remove a record");
  await anna.press("keep");
  await anna.unfold("settings-records");
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

interface Phone {
  city: City;
  device: Device;
  anna: Citizen;
  see(name: string): Promise<void>;
}

/** The wallet of the second person, which is open: a code whose result is to come, a slow lab, and an office that is away. */
async function secondPerson({ city, device, anna, see }: Phone): Promise<void> {
  const token = `${city.places.lab}/token`;
  let answer: (() => void) | undefined;
  const answered = new Promise<void>((resolve) => (answer = resolve));
  await device.context.route(token, (route) => answered.then(() => route.continue()));
  await anna.press("home-collect");
  await anna.giveFile(await codeFile(city.order().link));
  await anna.button("collect-go").waitFor();
  await see("collect, for one of several");
  await anna.press("collect-go");
  await anna.page.getByText(anna.words.say("collect-collecting"), { exact: true }).waitFor();
  await see("collecting");
  answer?.();
  await anna.heading("collect-not-yet").waitFor();
  await device.context.unroute(token);
  await see("collect, not yet");
  await anna.press("collect-home");
  await anna.heading("home-not-yet").waitFor();
  await see("home, not yet");

  const nonce = `${city.places.lab}/nonce`;
  await device.context.route(nonce, (route) => route.abort());
  await anna.press("home-collect");
  await anna.giveFile(await codeFile(city.result(VACCINATED).link));
  await anna.press("collect-go");
  await anna.page.getByText(anna.words.say("collect-done-without-passes"), { exact: true }).waitFor();
  await see("collected, no passes");
  await device.context.unroute(nonce);
  await anna.press("collect-home");
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
