import { css, html, nothing, type CSSResultGroup, type PropertyValues, type TemplateResult } from "lit";
import { customElement, property, query, state } from "lit/decorators.js";

import { type BautaScanner, type BautaVerdict, dayOf, texts, timeOf, wordFor } from "bauta";
import { drawn, icons, Screen } from "../../../../web/page";
import { isMuted, mute } from "../model/shelf";
import { TypedCodes } from "../model/typing";
import { now, type OpenDoor } from "../model/venue";
import { VerifierScreen } from "../verifier-screen";
import "./list-age";

const LEAVE_AFTER_MS = 2_000;

/** The door: one code after the other, without a touch. */
@customElement("verifier-scan")
export class VerifierScan extends VerifierScreen {
  static override styles: CSSResultGroup = [
    Screen.styles,
    css`
      .asked {
        display: flex;
        flex-wrap: wrap;
        align-items: baseline;
        gap: 0.25rem 0.75rem;
      }
      .asked h1 {
        margin-block: 0.5rem 0;
      }
      .opening {
        font-variant-numeric: tabular-nums;
      }
      :host([kiosk]) {
        max-inline-size: none;
        min-block-size: 100dvh;
        padding: 0.75rem;
      }
      #locked {
        display: flex;
        align-items: center;
        gap: 0.375rem;
      }
      .paper {
        inline-size: min(100%, 16rem);
        aspect-ratio: 1;
        margin-inline: auto;
        background: #fff;
        forced-color-adjust: none;
      }
      .beside {
        display: grid;
        grid-template-columns: repeat(auto-fit, minmax(min(100%, 17rem), 1fr));
        gap: 1rem;
        align-items: start;
      }
      .beside > * {
        min-inline-size: 0;
      }
      .paper.fresh {
        inline-size: min(100%, 60dvh, 30rem);
        display: grid;
        place-items: center;
        color: #000;
      }
      .leave {
        justify-self: center;
      }
      .leave.held {
        background: var(--bauta-accent);
        color: var(--bauta-on-accent);
      }
    `,
  ];

  @property({ attribute: false }) phase!: OpenDoor;
  @property({ type: Boolean, reflect: true }) kiosk = false;
  @state() private muted = isMuted();
  @state() private leaving = false;
  @query("bauta-scanner") private readonly scanner!: BautaScanner;
  @query("bauta-verdict") private readonly verdict!: BautaVerdict;

  readonly #typed = new TypedCodes((text) => this.scanner.take(text));
  #clock: ReturnType<typeof setInterval> | undefined;
  #held: ReturnType<typeof setTimeout> | undefined;

  override connectedCallback(): void {
    super.connectedCallback();
    addEventListener("keydown", this.#key, { capture: true });
    this.#clock = setInterval(() => this.requestUpdate(), 1000);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    removeEventListener("keydown", this.#key, { capture: true });
    clearInterval(this.#clock);
    clearTimeout(this.#held);
  }

  protected override firstUpdated(_: PropertyValues): void {
    void this.#startIfAllowed();
  }

  protected override render(): TemplateResult {
    const { policy } = this.phase;
    return html`
      <div class="stack">
        <div class="asked">
          <h1 tabindex="-1">${wordFor(texts, "policy", policy.name)}</h1>
        </div>
        ${this.#poster()} ${this.#opening()}
        <div class="beside">
          ${this.#fresh()}
          <bauta-scanner
            facing=${this.phase.asking.way === "nonce" ? "user" : "environment"}
            @bauta-code=${(event: CustomEvent<{ text: string }>) => this.#check(event.detail.text)}
            @bauta-fault=${(event: CustomEvent<{ code: string }>) => this.#show({ accepted: false, code: event.detail.code })}
          ></bauta-scanner>
        </div>
        <bauta-verdict ?muted=${this.muted} @bauta-cleared=${() => (this.scanner.paused = false)}></bauta-verdict>
        ${this.#question()} ${this.kiosk ? this.#leave() : this.#controls()}
      </div>
    `;
  }

  /** By which poster visitors are asked. */
  #poster(): TemplateResult | typeof nothing {
    const { asking } = this.phase;
    if (asking.way !== "poster") return nothing;
    const { organiser, eventDay, closes } = asking;
    return html`<p>${texts.say("scan-poster", { organiser, day: dayOf(eventDay), closes: timeOf(closes) })}</p>`;
  }

  /** A visitor scans it with one hand and holds the answer before the camera of the same screen. */
  #fresh(): TemplateResult | typeof nothing {
    const { asking, question } = this.phase;
    if (asking.way !== "nonce") return nothing;
    return html`<div class="stack">
      <div class="paper fresh">
        ${question ? drawn(question, texts.say("scan-fresh-code")) : html`<p>${texts.say("scan-fresh-none")}</p>`}
      </div>
      <p class="muted small">${texts.say("scan-fresh-help")}</p>
    </div>`;
  }

  #opening(): TemplateResult | typeof nothing {
    const { asking, policy } = this.phase;
    // A challenge is taken once and a guest known again, whatever was shown before.
    if (asking.way === "nonce" || (asking.way === "poster" && policy.pseudonyms !== "none")) return nothing;
    const seconds = this.phase.opensAt - now();
    if (seconds <= 0) return nothing;
    return html`<div class="notice amber opening">
      ${icons.clock}
      <p>${texts.say("scan-opens-in", { seconds })}</p>
    </div>`;
  }

  /** In place of choosing from a list, visitors scan it. */
  #question(): TemplateResult | typeof nothing {
    const { asking, question } = this.phase;
    if (!question || asking.way !== "one_way") return nothing;
    return html`<details>
      <summary>${texts.say("scan-question")}</summary>
      <div class="stack">
        <p class="muted small">${texts.say("scan-question-help")}</p>
        <div class="paper">${drawn(question, texts.say("scan-question-code"))}</div>
      </div>
    </details>`;
  }

  #controls(): TemplateResult {
    const { lockedUntil } = this.phase;
    const locked = now() < lockedUntil;
    return html`
      <verifier-list-age .venue=${this.venue}></verifier-list-age>
      <div class="row">
        <button class="grow" aria-pressed=${this.muted} @click=${this.#mute}>
          ${this.muted ? icons.silent : icons.sound} ${texts.say("scan-mute")}
        </button>
        <button class="grow" @click=${this.#enterKiosk}>${icons.full} ${texts.say("scan-kiosk")}</button>
      </div>
      <button
        class="wide"
        ?disabled=${locked}
        aria-describedby=${locked ? "locked" : nothing}
        @click=${() => this.venue.shut()}
      >
        ${texts.say("scan-other-question")}
      </button>
      ${
        locked
          ? html`<p id="locked" class="muted small">
              ${icons.lock} ${texts.say("scan-locked-until", { time: timeOf(lockedUntil) })}
            </p>`
          : nothing
      }
      <p class="muted small">${texts.say("keeps-nothing")}</p>
    `;
  }

  #leave(): TemplateResult {
    return html`<button
      class="quiet leave ${this.leaving ? "held" : ""}"
      @pointerdown=${this.#hold}
      @pointerup=${this.#release}
      @pointerleave=${this.#release}
      @keydown=${this.#holdKey}
      @keyup=${this.#release}
      @blur=${this.#release}
      @contextmenu=${(event: Event) => event.preventDefault()}
    >
      ${texts.say("scan-kiosk-leave")}
    </button>`;
  }

  async #check(text: string): Promise<void> {
    this.scanner.paused = true;
    this.#show(await this.venue.check(text));
  }

  #show(verdict: unknown): void {
    this.scanner.paused = true;
    this.verdict.show(verdict);
  }

  readonly #key = (event: KeyboardEvent): void => {
    const target = event.composedPath()[0];
    const typing = target instanceof HTMLElement && target.matches("input, textarea, select");
    if (typing || event.ctrlKey || event.metaKey || event.altKey) return;
    if (!this.#typed.key(event.key, event.timeStamp)) return;
    event.preventDefault();
    event.stopPropagation();
  };

  /** The first time a person taps and reads why; after that the camera comes by itself. */
  async #startIfAllowed(): Promise<void> {
    const permission = await navigator.permissions?.query({ name: "camera" }).catch(() => undefined);
    if (permission?.state === "granted" && this.isConnected) await this.scanner.start();
  }

  readonly #mute = (): void => {
    this.muted = !this.muted;
    mute(this.muted);
  };

  readonly #enterKiosk = async (): Promise<void> => {
    this.#kiosk(true);
    // Where a browser has no full screen, the controls are hidden all the same.
    await document.documentElement.requestFullscreen?.().catch(() => undefined);
  };

  #kiosk(kiosk: boolean): void {
    this.kiosk = kiosk;
    this.dispatchEvent(new CustomEvent("verifier-kiosk", { detail: { kiosk }, bubbles: true, composed: true }));
  }

  readonly #hold = (): void => {
    if (this.leaving) return;
    this.leaving = true;
    this.#held = setTimeout(() => {
      this.leaving = false;
      this.#kiosk(false);
      if (document.fullscreenElement) void document.exitFullscreen();
    }, LEAVE_AFTER_MS);
  };

  readonly #holdKey = (event: KeyboardEvent): void => {
    if (event.key !== "Enter" && event.key !== " ") return;
    event.preventDefault();
    this.#hold();
  };

  readonly #release = (): void => {
    clearTimeout(this.#held);
    this.leaving = false;
  };
}
