// A citizen with the wallet's page.

import type { Locator } from "playwright-core";
import type { Picture } from "../camera/picture";
import { screenAround, type Device } from "../city/browser";
import type { City } from "../city/city";
import { Person } from "./person";
import { wordFor, type Language } from "./words";

export class Citizen extends Person {
  /** Opens the page, with a link to a result if there is one. */
  static async at(city: City, device: Device, link = "", language: Language = "en"): Promise<Citizen> {
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

  /** What a door may ask, by its title and not by what else is said of it. */
  policy(name: string): Locator {
    const title = this.page.getByText(wordFor(this.words, "policy", name), { exact: true });
    return this.page.getByRole("button").filter({ has: title });
  }

  /** As far as the code on the screen. */
  async show(policy: string): Promise<void> {
    await this.choose(policy);
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
