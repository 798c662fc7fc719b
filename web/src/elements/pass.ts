import { css, html, LitElement, nothing, type CSSResultGroup, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";

import type { Showing } from "../terms.js";
import { Speaking, texts } from "../texts/index.js";
import { drawn } from "./drawn.js";
import * as icons from "./icons.js";
import { look } from "./look.js";
import { LIFE_S, onceStateOf, stateOf, type Made } from "./minute.js";

/** Makes a code for this moment. */
export type Make = () => Showing | Promise<Showing>;

const TICK_MS = 250;

/**
 * Shows a code, as large as there is room, and makes a new one every minute, or one and no more. The screen stays on meanwhile.
 *
 * There is nothing on it that a guard could look at instead of scanning: no name, no day, no colour that says yes.
 *
 * @fires bauta-over - the only code is no longer good: with `once`.
 * @fires bauta-fault - a code could not be made; `detail.reason` is what `make` threw.
 */
@customElement("bauta-pass")
export class BautaPass extends LitElement {
  static override styles: CSSResultGroup = [
    look,
    css`
      .pass {
        display: grid;
        gap: 0.75rem;
        justify-items: center;
        text-align: center;
      }
      .paper {
        inline-size: min(100%, 78dvh, 44rem);
        aspect-ratio: 1;
        display: grid;
        place-items: center;
        background: #fff;
        color: #000;
        forced-color-adjust: none;
      }
      .paper svg.code {
        inline-size: 100%;
        block-size: 100%;
      }
      .failed {
        display: grid;
        gap: 1rem;
        justify-items: center;
        padding: 1rem;
      }
      .failed button {
        border-color: #000;
        background: #000;
        color: #fff;
      }
      .time {
        inline-size: min(100%, 22rem);
        display: grid;
        gap: 0.375rem;
      }
      .time span {
        font-variant-numeric: tabular-nums;
        font-weight: 600;
      }
      .bar {
        inline-size: 100%;
        block-size: 0.375rem;
        border-radius: 1rem;
        background: var(--bauta-edge);
        color: var(--bauta-accent);
      }
      [dir="rtl"] .bar {
        scale: -1 1;
      }
      .hint {
        color: var(--bauta-muted);
        max-inline-size: 24rem;
      }
      .specimen {
        padding: 0.5rem 1rem;
        border-radius: var(--bauta-radius);
        background: var(--bauta-warning);
        color: var(--bauta-on-warning);
        font-weight: 600;
      }
    `,
  ];

  /** Makes the code. The first is made as soon as this is set. */
  @property({ attribute: false }) make: Make | undefined;

  /** The code is for training, and no door takes it: said in words below it. */
  @property({ type: Boolean }) specimen = false;

  /** The code answers what a screen shows now: there is no second one, and it goes when its time is over. */
  @property({ type: Boolean }) once = false;

  @state() private made: Made | undefined;
  @state() private over = false;
  @state() private failed = false;
  @state() private seconds = LIFE_S;

  #timer: ReturnType<typeof setInterval> | undefined;
  #making: Make | undefined;
  #lock: WakeLockSentinel | undefined;

  constructor() {
    super();
    new Speaking(this);
  }

  /** Makes a new code now. */
  async renew(): Promise<void> {
    const make = this.make;
    if (!make || this.#making === make) return;
    this.#making = make;
    this.failed = false;
    this.over = false;
    try {
      const at = now();
      const showing = await make();
      if (this.make === make) this.made = { showing, at };
    } catch (reason) {
      if (this.make !== make) return;
      this.failed = true;
      this.dispatchEvent(new CustomEvent("bauta-fault", { detail: { reason }, bubbles: true, composed: true }));
    } finally {
      if (this.#making === make) this.#making = undefined;
    }
    this.#tick();
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.#timer = setInterval(() => this.#tick(), TICK_MS);
    document.addEventListener("visibilitychange", this.#seen);
    this.#seen();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearInterval(this.#timer);
    document.removeEventListener("visibilitychange", this.#seen);
    void this.#lock?.release();
    this.#lock = undefined;
    this.made = undefined;
  }

  protected override willUpdate(changed: Map<PropertyKey, unknown>): void {
    if (!changed.has("make")) return;
    this.made = undefined;
    this.over = false;
    void this.renew();
  }

  #tick(): void {
    if (this.over) return;
    const state = this.once && this.made ? onceStateOf(this.made, now()) : stateOf(this.made, now());
    if (state.kind === "show") {
      this.seconds = state.seconds;
      return;
    }
    if (state.kind === "over" && this.once && this.made) {
      this.made = undefined;
      this.over = true;
      this.dispatchEvent(new CustomEvent("bauta-over", { bubbles: true, composed: true }));
      return;
    }
    if (state.kind === "over") this.made = undefined;
    // A failure waits for the person; hidden screens show nobody anything.
    if (!this.failed && !document.hidden) void this.renew();
  }

  readonly #seen = async (): Promise<void> => {
    if (document.hidden) return;
    this.#tick();
    // Refused when the battery is low, and unknown to some browsers: the screen then goes dark as always.
    const lock = await navigator.wakeLock?.request("screen").catch(() => undefined);
    if (this.isConnected) this.#lock = lock;
    else await lock?.release();
  };

  protected override render(): TemplateResult {
    return html`<div class="pass" lang=${texts.language} dir=${texts.direction}>
      <div class="paper">${this.#picture()}</div>
      ${this.specimen ? html`<p class="specimen">${texts.say("pass-specimen")}</p>` : nothing}
      ${
        this.made
          ? html`<div class="time">
                <span>${texts.say(this.once ? "pass-left" : "pass-next", { seconds: this.seconds })}</span>
                <svg class="bar" viewBox="0 0 ${LIFE_S} 1" preserveAspectRatio="none" aria-hidden="true">
                  <rect width=${this.seconds} height="1" fill="currentColor" />
                </svg>
              </div>
              <p class="hint">${texts.say("pass-hint")}</p>`
          : nothing
      }
      <div class="unseen" role="status">${this.#announcement()}</div>
    </div>`;
  }

  #picture(): TemplateResult {
    if (this.made) return drawn(this.made.showing, texts.say("pass-code"));
    if (this.failed) {
      return html`<div class="failed">
        ${icons.warning}
        <p>${texts.say("pass-failed")}</p>
        <button @click=${this.renew}>${texts.say("pass-again")}</button>
      </div>`;
    }
    if (this.over) return html`<p>${texts.say("pass-over")}</p>`;
    return html`<p>${texts.say("pass-making")}</p>`;
  }

  #announcement(): string {
    if (this.failed) return texts.say("pass-failed");
    if (this.over) return texts.say("pass-over");
    return this.made ? texts.say("pass-renewed") : "";
  }
}

function now(): number {
  return Date.now() / 1000;
}
