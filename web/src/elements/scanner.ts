import { html, LitElement, nothing, type CSSResultGroup, type TemplateResult } from "lit";
import { customElement, property, query, state } from "lit/decorators.js";

import { Camera, NoCamera, type CameraProblem, type Which } from "../scan/camera.js";
import { CodeReader } from "../scan/code-reader.js";
import { LONGEST_TEXT, offeredBy, offeredByClipboard, pixelsOf, textIn, type Offered } from "../scan/offered.js";
import { Repeats } from "../scan/repeats.js";
import { Speaking, texts } from "../texts/index.js";
import * as icons from "./icons.js";
import { look } from "./look.js";
import { scannerLook } from "./scanner-look.js";

/** Faults after which nobody knows what was in front of the camera. A door takes them for red. */
export type FaultCode = "reader_failed" | "camera_stalled";

/** Camera problems have a line of help; the others are one sentence. */
type Problem = CameraProblem | Note;
type Note =
  "broken" | "several-codes" | "no-code" | "not-a-picture" | "nothing-to-paste" | "paste-refused" | "too-long";

/** So many faults in a row, with no picture that was read in between, and a person must decide whether to try again. */
const FAULTS = 3;

/**
 * Finds codes: by camera, in pictures, in text. The camera starts on tap, after a sentence that says what becomes of its pictures.
 * Nothing is kept, and nothing that is read is opened, followed or believed.
 *
 * @fires bauta-code - `detail.text`: what was read, 1 to 4,000 characters. Once for each time a code comes into view.
 * @fires bauta-fault - `detail.code`: {@link FaultCode}, within half a second. Scanning goes on by itself.
 */
@customElement("bauta-scanner")
export class BautaScanner extends LitElement {
  static override styles: CSSResultGroup = [look, scannerLook];

  /** Whether the camera looks away for now: while a verdict is read, say. The camera stays on. */
  @property({ type: Boolean, reflect: true }) paused = false;

  /** Which way the camera looks: `environment` (away from the person who holds the device) or `user`. */
  @property() facing: "environment" | "user" = "environment";

  @state() private stage: "off" | "starting" | "on" = "off";
  @state() private problem: Problem | undefined;
  @state() private reading = false;
  @state() private dropping = false;
  @state() private readOne = false;
  @state() private torchOn = false;
  @state() private otherCamera: Which | undefined;

  @query("video") private readonly video!: HTMLVideoElement;
  @query("textarea") private readonly field!: HTMLTextAreaElement;

  readonly #reader = new CodeReader();
  readonly #repeats = new Repeats();
  #camera: Camera | undefined;
  #faults = 0;

  constructor() {
    super();
    new Speaking(this);
  }

  /** Starts the camera. Pages that were allowed to before may call it without a tap. */
  async start(which: Which = { facing: this.facing }): Promise<void> {
    if (this.stage === "starting") return;
    this.#off();
    this.stage = "starting";
    this.problem = undefined;
    this.#reader.warm();
    await this.updateComplete;
    try {
      const camera = await Camera.open(this.video, which);
      if (!this.isConnected || this.stage !== "starting") return camera.stop();
      this.#on(camera);
    } catch (failure) {
      this.stop();
      this.problem = failure instanceof NoCamera ? failure.problem : "camera-busy";
    }
  }

  /** Switches the camera off. Whatever was in its sight has left it: held before it again, it is told again. */
  stop(): void {
    this.#off();
    this.#repeats.forget();
    this.stage = "off";
  }

  /** Takes text as if it had been read: from a scanner that types, say. */
  take(text: string): void {
    this.#found(text.trim());
  }

  /** Takes the next code as new, also if it is the one that was read last. */
  again(): void {
    this.#repeats.forget();
  }

  override connectedCallback(): void {
    super.connectedCallback();
    addEventListener("paste", this.#pasted);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    removeEventListener("paste", this.#pasted);
    this.stop();
    this.#reader.dispose();
  }

  #on(camera: Camera): void {
    this.#camera = camera;
    this.stage = "on";
    this.torchOn = false;
    camera.watch({
      stalled: () => this.#stalled(),
      lost: () => {
        this.stop();
        this.problem = "camera-lost";
      },
    });
    void this.#look(camera);
    void camera.other().then((other) => {
      if (this.#camera === camera) this.otherCamera = other;
    });
  }

  #off(): void {
    this.#camera?.stop();
    this.#camera = undefined;
  }

  async #look(camera: Camera): Promise<void> {
    while (await camera.next()) {
      if (this.paused || this.reading) continue;
      try {
        const found = await this.#reader.read(await camera.grab(), "frame");
        this.#faults = 0;
        if (this.#camera !== camera || this.paused) continue;
        this.problem = found.length > 1 ? "several-codes" : undefined;
        const text = found.length === 1 ? found[0] : undefined;
        if (this.#repeats.isNews(text) && text !== undefined) this.#found(text);
        else if (text === undefined) this.readOne = false;
      } catch {
        if (this.#camera !== camera) return;
        this.#fault("reader_failed");
        if (this.#faults >= FAULTS) this.#giveUp("broken");
      }
    }
  }

  #stalled(): void {
    if (this.paused) return void this.#restart();
    this.#fault("camera_stalled");
    if (this.#faults >= FAULTS) this.#giveUp("camera-busy");
    else void this.#restart();
  }

  #giveUp(problem: Problem): void {
    this.#faults = 0;
    this.stop();
    this.problem = problem;
  }

  async #restart(): Promise<void> {
    this.stage = "off";
    await this.start();
  }

  #found(text: string): void {
    if (text.length === 0) return;
    if (text.length > LONGEST_TEXT) {
      this.problem = "too-long";
      return;
    }
    this.problem = undefined;
    this.readOne = true;
    this.#tell("bauta-code", { text });
  }

  #fault(code: FaultCode): void {
    this.#faults += 1;
    this.#repeats.forget();
    this.#reader.warm();
    this.#tell("bauta-fault", { code });
  }

  #tell(name: string, detail: object): void {
    this.dispatchEvent(new CustomEvent(name, { detail, bubbles: true, composed: true }));
  }

  async #takeOffered(offered: Offered): Promise<void> {
    const written = "text" in offered ? offered.text : await textIn(offered.picture);
    if (written !== undefined) return this.#found(written);
    if (!("picture" in offered) || this.reading) return;
    this.reading = true;
    this.problem = undefined;
    this.readOne = false;
    try {
      const image = await pixelsOf(offered.picture).catch(() => undefined);
      if (!image) {
        this.problem = "not-a-picture";
        return;
      }
      const [text, ...others] = await this.#reader.read(image, "picture");
      if (text === undefined) this.problem = "no-code";
      else if (others.length > 0) this.problem = "several-codes";
      else this.#found(text);
    } catch {
      this.#fault("reader_failed");
    } finally {
      this.reading = false;
    }
  }

  readonly #pasted = (event: ClipboardEvent): void => {
    const target = event.composedPath()[0];
    const offered = offeredBy(event.clipboardData);
    const intoField = target instanceof HTMLElement && target.matches("input, textarea, [contenteditable]");
    // Text goes into the field where the person is; a picture fits into none.
    if (!offered || (intoField && (target !== this.field || "text" in offered))) return;
    event.preventDefault();
    void this.#takeOffered(offered);
  };

  readonly #paste = async (): Promise<void> => {
    try {
      const offered = await offeredByClipboard();
      if (offered) await this.#takeOffered(offered);
      else this.problem = "nothing-to-paste";
    } catch {
      this.problem = "paste-refused";
    }
  };

  readonly #chosen = (event: Event): void => {
    const input = event.target as HTMLInputElement;
    const picture = input.files?.[0];
    // So that the same file can be chosen again.
    input.value = "";
    if (picture) void this.#takeOffered({ picture });
  };

  readonly #dropped = (event: DragEvent): void => {
    event.preventDefault();
    this.dropping = false;
    const offered = offeredBy(event.dataTransfer);
    if (offered) void this.#takeOffered(offered);
  };

  readonly #dragged = (event: DragEvent): void => {
    event.preventDefault();
    this.dropping = event.type === "dragover";
  };

  readonly #useText = (event: Event): void => {
    event.preventDefault();
    const text = this.field.value.trim();
    this.field.value = "";
    this.#found(text);
  };

  readonly #switchTorch = async (): Promise<void> => {
    const camera = this.#camera;
    if (!camera) return;
    // Some cameras promise a light and then have none: it stays as it was.
    await camera.light(!camera.torchOn).catch(() => {});
    this.torchOn = camera.torchOn;
  };

  protected override render(): TemplateResult {
    return html`
      <div
        class="scanner"
        role="group"
        lang=${texts.language}
        dir=${texts.direction}
        aria-label=${texts.say("scanner-title")}
        @dragover=${this.#dragged}
        @dragleave=${this.#dragged}
        @drop=${this.#dropped}
      >
        <div class="window ${this.stage}">
          <video playsinline muted aria-label=${texts.say("scanner-view")} ?hidden=${this.stage !== "on"}></video>
          <div class="corners" aria-hidden="true"><i></i><i></i><i></i><i></i></div>
          ${this.stage === "on" ? nothing : this.#invitation()}
          ${this.dropping ? html`<p class="drop">${texts.say("scanner-drop")}</p>` : nothing}
        </div>
        ${this.stage === "on" ? this.#controls() : nothing}
        <div class="status" role="status">${this.#status()}</div>
        ${this.#otherWays()}
      </div>
    `;
  }

  #invitation(): TemplateResult {
    const starting = this.stage === "starting";
    const label = this.problem === undefined ? "scanner-start" : "scanner-again";
    return html`<div class="invitation">
      <p>${texts.say("scanner-explains")}</p>
      <button class="main" ?disabled=${starting} @click=${() => this.start()}>
        ${icons.camera}${texts.say(starting ? "scanner-starting" : label)}
      </button>
    </div>`;
  }

  #controls(): TemplateResult {
    return html`<div class="controls">
      ${
        this.#camera?.hasTorch
          ? html`<button @click=${this.#switchTorch}>
              ${icons.light}${texts.say(this.torchOn ? "scanner-torch-off" : "scanner-torch-on")}
            </button>`
          : nothing
      }
      ${
        this.otherCamera
          ? html`<button @click=${() => this.start(this.otherCamera)}>
              ${icons.turn}${texts.say("scanner-other-camera")}
            </button>`
          : nothing
      }
      <button @click=${this.stop}>${icons.stop}${texts.say("scanner-stop")}</button>
    </div>`;
  }

  #status(): TemplateResult | typeof nothing {
    if (this.problem !== undefined) return problemText(this.problem);
    if (this.reading) return html`<p>${texts.say("scanner-reading")}</p>`;
    if (this.readOne) return html`<p>${texts.say("scanner-read")}</p>`;
    return this.stage === "on" ? html`<p>${texts.say("scanner-looking")}</p>` : nothing;
  }

  #otherWays(): TemplateResult {
    return html`<details>
      <summary>${texts.say("scanner-other-ways")}</summary>
      <div class="ways">
        <input id="picture" class="unseen" type="file" accept="image/*,.svg,.txt" @change=${this.#chosen} />
        <label class="button" for="picture">${icons.picture}${texts.say("scanner-choose-picture")}</label>
        <button @click=${this.#paste}>${icons.clipboard}${texts.say("scanner-paste")}</button>
        <form @submit=${this.#useText}>
          <label for="text">${texts.say("scanner-text")}</label>
          <textarea
            id="text"
            rows="2"
            dir="ltr"
            autocomplete="off"
            autocapitalize="off"
            spellcheck="false"
            maxlength=${LONGEST_TEXT}
          ></textarea>
          <button>${texts.say("scanner-use-text")}</button>
        </form>
      </div>
    </details>`;
  }
}

function problemText(problem: Problem): TemplateResult {
  const id = `scanner-${problem}`;
  return html`<p class="problem">${icons.warning}<strong>${texts.say(id)}</strong></p>
    ${problem.startsWith("camera-") ? html`<p>${texts.say(`${id}.help`)}</p>` : nothing}`;
}
