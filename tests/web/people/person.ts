// Somebody before one of the pages.

import type { Locator, Page } from "playwright-core";
import type { Device } from "../city/browser";
import { wordsIn, type Spoken } from "./words";

export class Person {
  readonly words;

  constructor(
    readonly device: Device,
    readonly page: Page,
    readonly language: Spoken,
  ) {
    this.words = wordsIn(language);
  }

  button(text: string): Locator {
    return this.page.getByRole("button", { name: this.words.say(text), exact: true });
  }

  heading(text: string): Locator {
    return this.page.getByRole("heading", { name: this.words.say(text), exact: true });
  }

  async press(text: string): Promise<void> {
    await this.button(text).click();
  }

  /** Something that folds out. */
  async unfold(text: string): Promise<void> {
    await this.page.locator("summary", { hasText: this.words.say(text) }).click();
  }

  async reload(): Promise<void> {
    await this.page.reload();
  }

  /** Chooses a file with the text of a code. */
  async giveText(text: string): Promise<void> {
    const file = { name: "code.txt", mimeType: "text/plain", buffer: Buffer.from(`${text}\n`) };
    await this.page.locator("bauta-scanner input[type=file]").setInputFiles(file);
  }

  /** Chooses a picture instead of using the camera. */
  async giveFile(picture: Buffer): Promise<void> {
    const file = { name: "code.png", mimeType: "image/png", buffer: picture };
    await this.page.locator("bauta-scanner input[type=file]").setInputFiles(file);
  }

  /** Chooses a picture that is drawn from text. */
  async giveSvg(svg: string): Promise<void> {
    const file = { name: "code.svg", mimeType: "image/svg+xml", buffer: Buffer.from(svg) };
    await this.page.locator("bauta-scanner input[type=file]").setInputFiles(file);
  }
}
