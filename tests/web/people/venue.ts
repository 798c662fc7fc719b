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
    const name = wordFor(this.words, "policy", policy);
    await this.page.getByRole("button", { name: this.words.say("choose-open", { policy: name }), exact: true }).click();
    await this.page.getByRole("heading", { name, exact: true }).waitFor();
  }

  /** Opens it, and lets two and a half minutes go by on the devices of everybody here. */
  async askAndWait(policy: string, ...others: Person[]): Promise<void> {
    await this.ask(policy);
    this.#waited += OPEN_FOR_SECONDS;
    for (const device of new Set([this, ...others].map((person) => person.device))) {
      await device.clock(this.#waited);
    }
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
