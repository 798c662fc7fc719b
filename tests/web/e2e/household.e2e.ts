// A phone that several people share, a code that was read out, passes that come by themselves, and backups that move to another device.

import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { VACCINATED } from "../city/city";
import { chromium, city, foundCity } from "../city/founded";
import { Citizen } from "../people/citizen";

foundCity("none");

const phone = () => chromium.device({ camera: "none" });

test("two people on one phone: each has a wallet of their own, and a code that was read out goes into the open one", async () => {
  const device = await phone();
  const anna = await Citizen.withPasses(city, device);
  await anna.addPerson("Bilal");
  expect(await anna.page.locator("wallet-home").count(), "the new wallet is open").toBe(1);
  await anna.heading("home-empty").waitFor();
  await anna.collectSpoken(city.result(VACCINATED, "--short"));
  await anna.page.getByRole("heading", { name: "Bilal", level: 1 }).waitFor();
  expect(await anna.facts()).toContain(anna.words.say("word-mrna"));

  await anna.page.getByRole("button", { name: anna.words.say("person-first"), exact: true }).click();
  expect(await anna.facts()).toContain(anna.words.say("word-naat"));
  expect(await anna.facts()).not.toContain(anna.words.say("word-mrna"));

  // The names are kept, sealed, and so is whose wallet it is.
  await anna.reload();
  await anna.page.getByRole("button", { name: "Bilal", exact: true }).click();
  expect(await anna.facts()).toContain(anna.words.say("word-mrna"));

  await anna.removePerson("Bilal");
  await anna.heading("home-title").waitFor();
  expect(await anna.facts()).toContain(anna.words.say("word-naat"));
  expect(device.complaints).toEqual([]);
  await device.end();
});

test("a code that was mistyped is said, and nothing is lost by it", async () => {
  const device = await phone();
  const anna = await Citizen.at(city, device);
  await anna.begin();
  const ticket = city.result(undefined, "--short");
  await anna.typeSpoken(ticket.short_code ?? "", "0000000");
  await anna.page.getByRole("alert").getByText(anna.words.say("error-declined-code"), { exact: true }).waitFor();
  await anna.page.goBack();
  await anna.collectSpoken(ticket);
  await device.end();
});

test("passes that could not be fetched come by themselves, soon because there is nothing to show", async () => {
  const device = await phone();
  const anna = await Citizen.at(city, device, city.result().link);
  await anna.begin();
  // The office is away: the nonce is its first answer, and no part of a collection.
  let away = true;
  let asked = 0;
  await device.context.route(`${city.places.lab}/nonce`, (route) => {
    asked += 1;
    return away ? route.abort() : route.continue();
  });
  await anna.press("home-waiting-look");
  await anna.press("collect-go");
  await anna.page.getByText(anna.words.say("collect-done-without-passes")).waitFor();
  await anna.press("collect-home");
  expect(await anna.page.getByText(anna.words.say("record-no-passes"), { exact: true }).count()).toBe(1);
  away = false;
  const before = asked;
  // A wallet without passes waits 2 to 15 seconds; after a failure, 10 to 30 minutes.
  await device.clock(30 * 60 + 1);
  await anna.page.locator("wallet-home .days", { hasText: /\d/ }).waitFor({ timeout: 30_000 });
  expect(asked).toBe(before + 1);
  await device.end();
});

test("the browser is asked once, when there is something to lose, not to clear what the page keeps", async () => {
  const device = await phone();
  await device.context.addInitScript(countedPersist);
  const asked = () => anna.page.evaluate(() => (globalThis as unknown as { persisted: number }).persisted);
  const anna = await Citizen.at(city, device);
  await anna.button("start-begin").waitFor();
  expect(await asked()).toBe(0);
  await anna.begin();
  expect(await asked()).toBe(1);
  await anna.reload();
  await anna.button("home-collect").waitFor();
  expect(await asked()).toBe(0);
  await device.end();
});

const ROOT = "authority/public/root.pub";
const PASSPHRASE = "a passphrase of the household";

test("a backup of the page is opened on another phone and by the program, and both show with it", async () => {
  const device = await phone();
  const anna = await Citizen.withPasses(city, device);
  const backup = await anna.backup(PASSPHRASE);
  await device.end();

  const other = await phone();
  const again = await Citizen.at(city, other);
  await again.restore(backup, "another passphrase");
  await again.page.getByRole("alert").getByText(again.words.say("error-wrong-passphrase-or-damaged")).waitFor();
  await again.tryPassphrase(PASSPHRASE);
  await again.button("home-show").waitFor();
  accepted(await again.picture());

  const folder = kept({ "page.backup": backup, "page.pass": PASSPHRASE });
  city.run(
    "bauta-wallet",
    "--wallet",
    "from-page.wallet",
    "restore",
    "page.backup",
    "--backup-passphrase-file",
    "page.pass",
  );
  city.run("bauta-wallet", "--wallet", "from-page.wallet", "show", "entry", "--png", "again.png");
  accepted(readFileSync(join(folder, "again.png")));
  expect(other.complaints).toEqual([]);
  await other.end();
});

test("a backup of the program is opened by the page, beside who is there already", async () => {
  const folder = kept({ "program.pass": PASSPHRASE });
  const wallet = (...words: string[]) => city.run("bauta-wallet", "--wallet", "of-program.wallet", ...words);
  wallet("init", "--root", ROOT, "--trust", city.places.settings.trustList);
  wallet("collect", city.result(VACCINATED).link);
  wallet("renew");
  wallet("backup", "program.backup", "--backup-passphrase-file", "program.pass");

  const device = await phone();
  const anna = await Citizen.withPasses(city, device);
  await anna.restoreBeside(readFileSync(join(folder, "program.backup")), PASSPHRASE);
  await anna.page.getByRole("heading", { name: anna.words.say("person-restored"), level: 1 }).waitFor();
  expect(await anna.facts()).toContain(anna.words.say("word-mrna"));
  accepted(await anna.picture("vaccinated"), "vaccinated");
  expect(device.complaints).toEqual([]);
  await device.end();
});

/** The program at a door reads the picture, and lets in. */
function accepted(picture: Uint8Array, policy = "entry"): void {
  const folder = kept({ "shown.png": picture });
  const door = (...words: string[]) =>
    city.run("bauta-verifier", words[0] ?? "", "--dir", "household-door", ...words.slice(1));
  if (!existsSync(join(folder, "household-door"))) {
    door("init", "--root", ROOT, "--trust", city.places.settings.trustList);
  }
  // It ends with another code than 0 when it refuses.
  expect(door("check", "--policy", policy, "--picture", "shown.png")).toMatch(/accepted/i);
}

/** Files in the city, as private as the programs want them. */
function kept(files: Record<string, string | Uint8Array>): string {
  for (const [name, content] of Object.entries(files)) {
    writeFileSync(join(city.places.folder, name), content, { mode: 0o600 });
  }
  return city.places.folder;
}

/** Runs in the page, before anything else. */
function countedPersist(): void {
  const counted = globalThis as unknown as { persisted: number };
  counted.persisted = 0;
  navigator.storage.persist = () => {
    counted.persisted += 1;
    return Promise.resolve(true);
  };
}
