// A citizen with the wallet's page.

import { readFileSync } from "node:fs";
import type { Locator } from "playwright-core";
import type { Picture } from "../camera/picture";
import { screenAround, type Chromium, type Device } from "../city/browser";
import type { City, Ticket } from "../city/city";
import { Person } from "./person";
import { wordFor, type Spoken } from "./words";

export class Citizen extends Person {
  /** Opens the page, with a link to a result if there is one. */
  static async at(city: City, device: Device, link = "", language: Spoken = "en"): Promise<Citizen> {
    const page = await device.open(city.places.wallet + (link === "" ? "" : `#${encodeURIComponent(link)}`));
    return new Citizen(device, page, language);
  }

  /** From nothing to passes for the coming days. */
  static async withPasses(city: City, device: Device, link = city.result().link): Promise<Citizen> {
    const citizen = await Citizen.at(city, device, link);
    await citizen.begin();
    await citizen.collect();
    return citizen;
  }

  async begin(): Promise<void> {
    await this.press("start-begin");
    await this.heading("home-title").waitFor();
  }

  /** The link that waits becomes a record and passes. */
  async collect(): Promise<void> {
    await this.press("home-waiting-look");
    await this.accept();
  }

  /** Says that the result which is offered is wanted. */
  async accept(): Promise<void> {
    await this.press("collect-go");
    await this.heading("collect-done").waitFor();
    await this.press("collect-home");
    await this.button("home-show").waitFor();
  }

  /** Types a code that was read out. */
  async typeSpoken(code: string, factor: string): Promise<void> {
    await this.press("home-collect");
    await this.unfold("collect-spoken");
    await this.page.getByLabel(this.words.say("collect-code"), { exact: true }).fill(code);
    await this.page.getByLabel(this.words.say("collect-factor"), { exact: true }).fill(factor);
    await this.press("collect-go");
  }

  /** A code that was read out becomes a record and passes. */
  async collectSpoken({ short_code = "", second_factor = "" }: Ticket): Promise<void> {
    // As people type: small letters, no hyphen.
    await this.typeSpoken(short_code.toLowerCase().replace("-", " "), second_factor);
    await this.heading("collect-done").waitFor();
    await this.press("collect-home");
    await this.button("home-show").waitFor();
  }

  /** What the record says that is open. */
  async facts(): Promise<string> {
    await this.unfold("record-more");
    const said = await this.page.locator("wallet-home article").innerText();
    await this.unfold("record-more");
    return said;
  }

  /** Gives somebody else a wallet on this phone, and goes to it. */
  async addPerson(name: string): Promise<void> {
    await this.press("settings-title");
    await this.unfold("settings-people");
    await this.page.getByLabel(this.words.say("people-name"), { exact: true }).fill(name);
    await this.press("people-add");
    await this.page.locator("wallet-people strong", { hasText: name }).waitFor();
    await this.press("back");
  }

  async removePerson(name: string): Promise<void> {
    await this.press("settings-title");
    await this.unfold("settings-people");
    const remove = this.words.say("people-remove", { person: name });
    await this.page.getByRole("button", { name: remove, exact: true }).click();
    await this.press("remove-yes");
    await this.page.locator("wallet-people strong", { hasText: name }).waitFor({ state: "detached" });
    await this.press("back");
  }

  /** The file that the browser saves. */
  async backup(passphrase: string): Promise<Buffer> {
    await this.press("settings-title");
    await this.unfold("settings-backup");
    const file = await this.seal(passphrase);
    await this.press("back");
    return file;
  }

  /** The same where one is made already. */
  async seal(passphrase: string): Promise<Buffer> {
    const fields = this.page.locator("wallet-backup input[type=password]");
    await fields.nth(0).fill(passphrase);
    await fields.nth(1).fill(passphrase);
    const [download] = await Promise.all([this.page.waitForEvent("download"), this.press("backup-save")]);
    await this.page.getByText(this.words.say("backup-saved")).waitFor();
    return readFileSync(await download.path());
  }

  /** On a phone without a wallet. */
  async restore(file: Buffer, passphrase: string): Promise<void> {
    await this.press("start-restore");
    await this.giveBackup(file);
    await this.tryPassphrase(passphrase);
  }

  /** On a phone with one. */
  async restoreBeside(file: Buffer, passphrase: string): Promise<void> {
    await this.press("settings-title");
    await this.unfold("settings-backup");
    await this.giveBackup(file);
    await this.tryPassphrase(passphrase);
    await this.page.getByText(this.words.say("restore-done")).waitFor();
    await this.press("back");
  }

  /** In the settings. */
  async setPassphrase(passphrase: string): Promise<void> {
    const fields = this.page.locator("wallet-passphrase input");
    for (const field of [fields.nth(0), fields.nth(1)]) await field.fill(passphrase);
    await this.press("passphrase-set");
    await this.page.getByText(this.words.say("passphrase-set-done")).waitFor();
  }

  async tryPassphrase(passphrase: string): Promise<void> {
    await this.page.locator("wallet-restore input[type=password]").fill(passphrase);
    await this.press("restore-go");
  }

  async giveBackup(buffer: Buffer): Promise<void> {
    const file = { name: "any.backup", mimeType: "application/octet-stream", buffer };
    await this.page.locator("wallet-restore input[type=file]").setInputFiles(file);
  }

  /** Whatever was interrupted: does what the page offers next, until there are passes. */
  async goOn(): Promise<void> {
    const steps = ["collect-home", "home-go-on", "home-waiting-look", "collect-go"] as const;
    const passes = this.page.locator("wallet-home .days", { hasText: /\d/ });
    const without = this.page.getByText(this.words.say("record-no-passes"), { exact: true });
    for (;;) {
      const next = steps.map((step) => this.button(step)).reduce((any, step) => any.or(step));
      await next.or(passes).or(without).first().waitFor();
      if (await passes.isVisible()) return;
      if (await without.isVisible()) {
        await this.renew();
        continue;
      }
      // A reload may take away what was about to be pressed.
      await next
        .first()
        .click({ timeout: 2000 })
        .catch(() => undefined);
    }
  }

  /** As far as the question whether the door may learn it. */
  async choose(policy: string): Promise<void> {
    await this.press("home-show");
    await this.policy(policy).click();
    await this.button("consent-show").waitFor();
  }

  /** As far as the same question, by scanning what a door shows instead of choosing from the list. */
  async scanQuestion(chromium: Chromium, screen: Picture): Promise<void> {
    await this.lookForQuestion();
    chromium.shows({ screen, seconds: 2 });
    await this.press("scanner-start");
    await this.button("consent-show").waitFor();
  }

  /** The same from a picture of what asks. */
  async readQuestion(picture: Buffer): Promise<void> {
    await this.lookForQuestion();
    await this.giveFile(picture);
    await this.button("consent-show").waitFor();
  }

  /** Where a door's question can be scanned. */
  async lookForQuestion(): Promise<void> {
    await this.press("home-show");
    await this.unfold("doors-scan");
  }

  /** What a door may ask, by its title and not by what else is said of it. */
  policy(name: string): Locator {
    const title = this.page.getByText(wordFor(this.words, "policy", name), { exact: true });
    return this.page.getByRole("button").filter({ has: title });
  }

  /** As far as the code on the screen. */
  async show(policy: string): Promise<void> {
    await this.choose(policy);
    await this.agree();
  }

  /** Agrees, and shows the code. */
  async agree(): Promise<void> {
    await this.press("consent-show");
    await this.code.waitFor();
  }

  get code(): Locator {
    return this.page.getByRole("img", { name: this.words.say("pass-code") });
  }

  async done(): Promise<void> {
    await this.press("show-done");
  }

  /** The screen with the code on it, as a camera sees it. */
  async screen(policy = "entry"): Promise<Picture> {
    await this.show(policy);
    const screen = await screenAround(this.code);
    await this.done();
    return screen;
  }

  /** The code as a picture file. */
  async picture(policy = "entry"): Promise<Buffer> {
    await this.show(policy);
    const picture = await this.code.screenshot();
    await this.done();
    return picture;
  }

  /** Asks for passes now, as somebody would who was told to. */
  async renew(): Promise<void> {
    await this.unfold("record-more");
    await this.press("record-renew");
    await this.page.locator('button[aria-busy="true"]').waitFor({ state: "detached" });
    await this.unfold("record-more");
  }

  /** Wants passes that a door can compare with an ID card. */
  async wantsHint(): Promise<void> {
    await this.press("settings-title");
    await this.unfold("settings-records");
    const wish = this.page.getByRole("checkbox", { name: this.words.say("records-hint") });
    await wish.check();
    // Disabled while passes with the hint are fetched.
    await this.page.locator("wallet-records input[type=checkbox]:enabled:checked").waitFor();
    await this.press("back");
  }

  /** What went wrong, as it stands on the screen. */
  async problem(): Promise<string> {
    return (await this.page.getByRole("alert").allInnerTexts()).join("\n");
  }
}
