// A venue with the verifier's page.

import type { Locator } from "playwright-core";
import { screenAround, type Chromium, type Device } from "../city/browser";
import type { City } from "../city/city";
import type { Picture } from "../camera/picture";
import { Person } from "./person";
import { wordFor, type Spoken } from "./words";

/** A door that has just opened takes no code of the minutes before; so long after, it takes all. */
const OPEN_FOR_SECONDS = 150;

/** A verdict that stood on the screen. */
export interface Verdict {
  word: "accepted" | "refused" | "not-ready";
  /** Whether the whole screen was red. */
  red: boolean;
  /** The whole of what was said. */
  said: string;
}

export class Venue extends Person {
  #waited = 0;

  static async at(city: City, device: Device, language: Spoken = "en"): Promise<Venue> {
    return new Venue(device, await device.open(city.places.verifier), language);
  }

  /** Opens the door, and waits for its camera if there is one. */
  async ask(policy = "entry"): Promise<void> {
    await this.open(policy);
    if (this.device.hasCamera) await this.button("scanner-stop").waitFor();
  }

  /** Opens the door. */
  async open(policy: string): Promise<void> {
    await this.#choose("choose-open", policy);
    await this.#stands(policy);
  }

  /** Opens it, and lets two and a half minutes go by on the devices of everybody here. */
  async askAndWait(policy: string, ...others: Person[]): Promise<void> {
    await this.ask(policy);
    this.#waited += OPEN_FOR_SECONDS;
    for (const device of new Set([this, ...others].map((person) => person.device))) {
      await device.clock(this.#waited);
    }
  }

  /** Asks with a fresh challenge on its screen. */
  async askFresh(policy: string): Promise<void> {
    await this.#choose("choose-fresh", policy);
    await this.#stands(policy);
    await this.challengeCode.waitFor();
    if (this.device.hasCamera) await this.button("scanner-stop").waitFor();
  }

  get challengeCode(): Locator {
    return this.page.getByRole("img", { name: this.words.say("scan-fresh-code") });
  }

  /** Its screen with the challenge on it. */
  async challenge(): Promise<Picture> {
    return screenAround(this.challengeCode);
  }

  /** As far as where a poster is scanned. */
  async looksForPoster(policy: string): Promise<void> {
    await this.#choose("choose-poster", policy);
    await this.heading("poster-title").waitFor();
  }

  /** Reads the poster that hangs there from a picture, as far as the question whether it is that one. */
  async looksAt(policy: string, poster: Buffer): Promise<void> {
    await this.looksForPoster(policy);
    await this.giveFile(poster);
    await this.heading("poster-check").waitFor();
  }

  /** Asks by a poster; `before`: whether somebody was let in already. */
  async hangs(policy: string, poster: Buffer, before: "nobody" | "somebody" = "nobody"): Promise<void> {
    await this.looksAt(policy, poster);
    await this.press(`poster-${before}`);
    await this.#stands(policy);
    if (this.device.hasCamera) await this.button("scanner-stop").waitFor();
  }

  async #choose(button: string, policy: string): Promise<void> {
    const name = wordFor(this.words, "policy", policy);
    await this.page.getByRole("button", { name: this.words.say(button, { policy: name }), exact: true }).click();
  }

  async #stands(policy: string): Promise<void> {
    await this.page.getByRole("heading", { name: wordFor(this.words, "policy", policy), exact: true }).waitFor();
  }

  /** Its screen with the question on it, for visitors who do not want to look for it. */
  async question(): Promise<Picture> {
    await this.unfold("scan-question");
    const code = this.page.getByRole("img", { name: this.words.say("scan-question-code") });
    await code.waitFor();
    return screenAround(code);
  }

  /** By how much the clocks of everybody here are ahead of the true time. */
  get waited(): number {
    return this.#waited;
  }

  /** Looks through the camera at what is held before it, until there is a verdict. */
  async sees(chromium: Chromium, screen: Picture): Promise<Verdict> {
    chromium.shows({ screen, seconds: 2 });
    await this.restartCamera();
    const verdict = await this.verdict();
    await this.press("scanner-stop");
    return verdict;
  }

  /** The film is opened anew with the camera. */
  async restartCamera(): Promise<void> {
    if (await this.button("scanner-stop").isVisible()) await this.press("scanner-stop");
    await this.press("scanner-start");
    await this.button("scanner-stop").waitFor();
  }

  /** Reads a picture file. */
  async reads(picture: Buffer): Promise<Verdict> {
    await this.giveFile(picture);
    return this.verdict();
  }

  /** Takes text as if it had been pasted. */
  async takes(text: string): Promise<Verdict> {
    const field = this.page.getByLabel(this.words.say("scanner-text"));
    if (!(await field.isVisible())) await this.unfold("scanner-other-ways");
    await field.fill(text);
    await this.press("scanner-use-text");
    return this.verdict();
  }

  /**
   * Presses the keys of a text and then Enter in one go, as a scanner does: a test that waited for each might pause as a hand would. Where
   * the machine itself paused, the scanner is triggered again, as a guard would do.
   */
  async scannerTypes(text: string): Promise<void> {
    const longestPauseOfScanners = 100;
    for (let trigger = 0; trigger < 5; trigger++) {
      if ((await this.#types(text)) <= longestPauseOfScanners) return;
      await this.alert.waitFor({ state: "hidden" });
    }
    throw new Error("this machine is too slow to type as a scanner does");
  }

  /** Milliseconds between the two keys that were furthest apart. */
  async #types(text: string): Promise<number> {
    const pauses = await this.page.evaluateHandle(() => {
      const times: number[] = [];
      const note = (event: KeyboardEvent): void => void times.push(event.timeStamp);
      addEventListener("keydown", note, { capture: true });
      return {
        longest(): number {
          removeEventListener("keydown", note, { capture: true });
          return Math.max(0, ...times.slice(1).map((time, before) => time - (times[before] ?? time)));
        },
      };
    });
    const keyboard = await this.page.context().newCDPSession(this.page);
    const keys = [...[...text].map((key) => ({ key, text: key })), { key: "Enter", text: "\r" }];
    await Promise.all(keys.map((key) => keyboard.send("Input.dispatchKeyEvent", { type: "keyDown", ...key })));
    await keyboard.detach();
    return pauses.evaluate((noted) => noted.longest());
  }

  get alert(): Locator {
    return this.page.getByRole("alertdialog");
  }

  /** Waits for a verdict, notes it, and closes it. */
  async verdict(): Promise<Verdict> {
    await this.alert.getByRole("heading", { level: 2 }).waitFor();
    // Without the marks that keep a number apart from text that runs the other way.
    const said = (await this.alert.innerText()).replaceAll(/[\u2068\u2069]/g, "");
    const words = ["accepted", "refused", "not-ready"] as const;
    const word = words.find((candidate) => said.includes(this.words.say(`verdict-${candidate}`)));
    if (!word) throw new Error(`a verdict without a word: ${said}`);
    const red = await this.alert.evaluate((screen) => {
      const [r = 0, g = 0, b = 0] = getComputedStyle(screen).backgroundColor.match(/\d+/g)?.map(Number) ?? [];
      return r > 2 * Math.max(g, b);
    });
    await this.press("verdict-close");
    await this.alert.waitFor({ state: "hidden" });
    return { word, said, red };
  }
}
