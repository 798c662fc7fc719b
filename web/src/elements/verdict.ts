import { css, html, LitElement, nothing, type CSSResultGroup, type TemplateResult } from "lit";
import { customElement, property, query, state } from "lit/decorators.js";

import type { ShownClaim } from "../terms.js";
import { idFor } from "../texts/families.js";
import { monthOf, Speaking, texts, wordFor } from "../texts/index.js";
import * as icons from "./icons.js";
import { comparisonIn, judge, type Comparison, type Judgement } from "./judgement.js";
import { valueInWords } from "./learned.js";
import { look } from "./look.js";
import { Sound } from "./sound.js";

/** How long a verdict stays, in milliseconds: long enough to be read, and a guard who must compare needs longer. */
const STAYS = { accepted: 2_500, comparing: 12_000, refused: 6_000, "not-ready": 8_000 } as const;

/**
 * Fills the screen with a verdict, in colour, icon, word and sound, and clears by itself. Whatever it is given that is not a whole and
 * well-formed acceptance is red.
 *
 * @fires bauta-cleared - the verdict is gone, by itself or because somebody closed it.
 */
@customElement("bauta-verdict")
export class BautaVerdict extends LitElement {
  static override styles: CSSResultGroup = [
    look,
    css`
      :host {
        display: contents;
      }
      dialog {
        position: fixed;
        inset: 0;
        inline-size: 100%;
        block-size: 100%;
        max-inline-size: none;
        max-block-size: none;
        margin: 0;
        padding: 0;
        border: 0;
        overflow: auto;
        background: var(--ground);
        color: var(--ink);
        --ground: var(--bauta-refused);
        --ink: var(--bauta-on-refused);
        --bauta-focus: var(--ink);
      }
      dialog.accepted {
        --ground: var(--bauta-accepted);
        --ink: var(--bauta-on-accepted);
      }
      dialog:focus-visible {
        outline: none;
      }
      .screen {
        min-block-size: 100%;
        display: flex;
        flex-direction: column;
        align-items: center;
        justify-content: center;
        gap: clamp(0.75rem, 2.5dvh, 1.75rem);
        padding: max(1.5rem, env(safe-area-inset-top)) min(1.25rem, 5vw) max(1.5rem, env(safe-area-inset-bottom));
        text-align: center;
      }
      .said {
        display: contents;
      }
      .screen > .said > svg.icon {
        inline-size: clamp(7rem, 34dvmin, 15rem);
        block-size: clamp(7rem, 34dvmin, 15rem);
        stroke-width: 1.6;
        animation: arrive 160ms ease-out;
      }
      ul.shown {
        padding: 0;
        list-style: none;
        font-size: clamp(1.125rem, 3.5dvmin, 2rem);
        font-weight: 600;
      }
      h2 {
        font-size: clamp(2.25rem, 9dvmin, 5rem);
        line-height: 1.1;
        font-weight: 800;
        overflow-wrap: anywhere;
      }
      .reason {
        max-inline-size: 34rem;
        font-size: clamp(1.25rem, 3.6dvmin, 2rem);
        font-weight: 600;
        line-height: 1.3;
      }
      .help {
        max-inline-size: 34rem;
        font-size: clamp(1.0625rem, 2.6dvmin, 1.5rem);
      }
      .ageing {
        display: flex;
        gap: 0.625rem;
        align-items: center;
        max-inline-size: min(34rem, 100%);
        padding: 0.75rem min(1rem, 4vw);
        border-radius: var(--bauta-radius);
        background: var(--bauta-warning);
        color: var(--bauta-on-warning);
        font-weight: 600;
        text-align: start;
        overflow-wrap: anywhere;
      }
      .compare {
        inline-size: min(100%, 30rem);
        padding: 1.25rem;
        border-radius: calc(var(--bauta-radius) * 1.2);
        background: var(--ink);
        color: var(--ground);
      }
      .compare h3 {
        font-size: 1.25rem;
        line-height: 1.3;
      }
      dl {
        display: grid;
        grid-template-columns: repeat(auto-fit, minmax(min(100%, 9rem), 1fr));
        gap: 0.75rem 1.25rem;
        /* One label may take two lines and the other one; what is to be compared stands side by side. */
        align-items: end;
        margin: 0.875rem 0 0;
      }
      dd {
        margin: 0;
        font-size: clamp(1.25rem, 8dvmin, 2.75rem);
        font-weight: 800;
        line-height: 1.15;
      }
      button {
        margin-block-start: 0.5rem;
        padding-inline: 2.25rem;
        border: 2px solid var(--ink);
        background: transparent;
        color: inherit;
        font-size: 1.125rem;
      }
      button:hover {
        border-color: var(--ink);
        background: var(--ink);
        color: var(--ground);
      }
      @keyframes arrive {
        from {
          scale: 0.7;
        }
      }
      @media (forced-colors: active) {
        dialog {
          forced-color-adjust: none;
        }
      }
    `,
  ];

  /** No sound and no shaking. */
  @property({ type: Boolean, reflect: true }) muted = false;

  @state() private judgement: Judgement | undefined;

  @query("dialog") private readonly dialog!: HTMLDialogElement;

  readonly #sound = new Sound();
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor() {
    super();
    new Speaking(this);
  }

  /** Shows what a door decided. Takes anything; whatever is not a verdict is red. Says how it was taken. */
  show(verdict: unknown): Judgement["kind"] {
    const judgement = judge(verdict);
    this.judgement = judgement;
    if (!this.muted) this.#sound.play(judgement.kind === "accepted" ? "accepted" : "refused");
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.clear(), stayOf(judgement));
    return judgement.kind;
  }

  /** Whether a verdict stands on the screen. */
  get isShowing(): boolean {
    return this.judgement !== undefined;
  }

  /** Takes the verdict away. */
  clear(): void {
    clearTimeout(this.#timer);
    if (this.judgement === undefined) return;
    this.judgement = undefined;
    this.dispatchEvent(new CustomEvent("bauta-cleared", { bubbles: true, composed: true }));
  }

  override connectedCallback(): void {
    super.connectedCallback();
    addEventListener("pointerdown", this.#touched);
    addEventListener("keydown", this.#touched);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    removeEventListener("pointerdown", this.#touched);
    removeEventListener("keydown", this.#touched);
    this.clear();
    this.#sound.end();
  }

  protected override updated(): void {
    if (this.judgement === undefined) this.dialog.close();
    else if (!this.dialog.open) {
      this.dialog.showModal();
      // On the whole, not on its button: a scanner that types ends with Enter, which would press it.
      this.dialog.focus();
    }
  }

  readonly #touched = (): void => this.#sound.wake();

  protected override render(): TemplateResult {
    const { judgement } = this;
    return html`<dialog
      class=${judgement?.kind ?? ""}
      role="alertdialog"
      tabindex="-1"
      lang=${texts.language}
      dir=${texts.direction}
      aria-labelledby="word"
      aria-describedby="why"
      @close=${this.clear}
    >
      ${judgement === undefined ? nothing : screen(judgement, () => this.clear())}
    </dialog>`;
  }
}

function stayOf(judgement: Judgement): number {
  return judgement.kind === "accepted" && comparisonIn(judgement.shown) ? STAYS.comparing : STAYS[judgement.kind];
}

function screen(judgement: Judgement, close: () => void): TemplateResult {
  return html`<div class="screen">
    <div class="said" aria-live="assertive" aria-atomic="true">
      ${{ accepted: icons.accepted, refused: icons.refused, "not-ready": icons.notReady }[judgement.kind]}
      <h2 id="word">${texts.say(`verdict-${judgement.kind}`)}</h2>
      <div id="why" class="said">${judgement.kind === "accepted" ? acceptance(judgement) : refusal(judgement)}</div>
    </div>
    <button @click=${close}>${texts.say("verdict-close")}</button>
  </div>`;
}

function acceptance({ shown, ageing, entry }: Extract<Judgement, { kind: "accepted" }>): TemplateResult {
  const comparison = comparisonIn(shown);
  return html`
    ${entry ? html`<p class="reason">${texts.say(`verdict-entry-${entry}`)}</p>` : nothing} ${ofTwo(shown)}
    ${comparison ? card(comparison) : nothing}
    ${ageing ? html`<p class="ageing">${icons.warning}<span>${texts.say("verdict-ageing")}</span></p>` : nothing}
  `;
}

/** Of one pass green says all; of two a guard sees what each was. The hint has its own place. */
function ofTwo(shown: readonly ShownClaim[]): TemplateResult | typeof nothing {
  if (new Set(shown.map(({ pass }) => pass)).size < 2) return nothing;
  const told = shown.filter(({ kind }) => kind !== "hint");
  return html`<ul class="shown">
    ${told.map((claim) => html`<li>${texts.say("verdict-shown", { pass: wordFor(texts, "type", claim.pass), value: valueInWords(texts, claim) })}</li>`)}
  </ul>`;
}

function card({ letters, month }: Comparison): TemplateResult {
  return html`<div class="compare">
    <h3>${texts.say("verdict-compare")}</h3>
    <dl>
      <div>
        <dt>${texts.say("verdict-initial")}</dt>
        <dd><bdi>${letters.join(" / ")}</bdi></dd>
      </div>
      <div>
        <dt>${texts.say("verdict-month")}</dt>
        <dd>${texts.say("value-month-alone", { month: monthOf(month) })}</dd>
      </div>
    </dl>
  </div>`;
}

function refusal({ code, minutes }: Exclude<Judgement, { kind: "accepted" }>): TemplateResult {
  const id = idFor("reason", code);
  const args = minutes === undefined ? {} : { minutes };
  return html`<p class="reason">${texts.say(id, args)}</p>
    <p class="help">${texts.say(`${id}.help`)}</p>`;
}
