import { css, html, LitElement, nothing, type CSSResultGroup, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";

import type { AskingPoster, Learned, Pseudonyms, Way } from "../terms.js";
import { dayOf, Speaking, texts, timeOf, wordFor } from "../texts/index.js";
import * as icons from "./icons.js";
import { inWords } from "./learned.js";
import { look } from "./look.js";

/** What is said of coming twice. */
const REPEATED: Readonly<Record<Pseudonyms, string | undefined>> = {
  none: undefined,
  one_entry: "consent-one-entry",
  reentry: "consent-reentry",
};

/**
 * Says in words what a door will learn, before anything is shown, and asks.
 *
 * @fires bauta-confirm - the person wants to show.
 * @fires bauta-cancel - the person does not.
 */
@customElement("bauta-consent")
export class BautaConsent extends LitElement {
  static override styles: CSSResultGroup = [
    look,
    css`
      .consent {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        gap: 1.25rem;
        max-inline-size: 34rem;
        margin-inline: auto;
      }
      .policy {
        color: var(--bauta-muted);
        font-weight: 600;
      }
      h2 {
        font-size: 1.5rem;
        line-height: 1.25;
      }
      h3 {
        font-size: 1rem;
        color: var(--bauta-muted);
        font-weight: 600;
      }
      ul {
        padding: 0;
        list-style: none;
        border: 1.5px solid var(--bauta-edge);
        border-radius: var(--bauta-radius);
        background: var(--bauta-panel);
      }
      li {
        display: flex;
        gap: 0.75rem;
        padding: 0.875rem min(1rem, 4vw);
      }
      li + li {
        border-block-start: 1.5px solid var(--bauta-edge);
      }
      li svg.icon {
        color: var(--bauta-accent);
      }
      li.end {
        font-weight: 600;
        background: var(--bauta-accent-soft);
        border-end-start-radius: inherit;
        border-end-end-radius: inherit;
      }
      li.unknown,
      li.unknown svg.icon {
        color: var(--bauta-problem);
      }
      .asker {
        display: grid;
        gap: 0.5rem;
        padding: 0.875rem min(1rem, 4vw);
        border-radius: var(--bauta-radius);
        background: var(--bauta-accent-soft);
        overflow-wrap: anywhere;
      }
      .choice {
        display: flex;
        flex-wrap: wrap;
        gap: 0.75rem;
      }
      .choice button {
        flex: 1 1 9rem;
      }
      .choice .main {
        flex-grow: 2;
      }
    `,
  ];

  /** The name of the policy, as the trust list has it. */
  @property() policy = "";

  /** Why the door asks, by language: signed with the policy, shown as it is. */
  @property({ attribute: false }) purpose: Readonly<Record<string, string>> = {};

  /** In which way the door asks. */
  @property() way: Way = "one_way";

  /** The organiser's poster, where one asks. */
  @property({ attribute: false }) poster: AskingPoster | null = null;

  /** What the door will learn. Without it nothing can be confirmed. */
  @property({ attribute: false }) learns: readonly Learned[] = [];

  constructor() {
    super();
    new Speaking(this);
  }

  protected override render(): TemplateResult {
    const said = this.learns.map((learned) => ({ learned, words: inWords(texts, learned) }));
    // Who asks by a poster must be said, too.
    const asked = (this.way === "poster") === (this.poster !== null);
    const whole = asked && said.length > 0 && said.every(({ words }) => words !== undefined);
    return html`<section class="consent" lang=${texts.language} dir=${texts.direction} aria-labelledby="title">
      <div>
        <p class="policy">${wordFor(texts, "policy", this.policy)}</p>
        <h2 id="title">${texts.say("consent-title")}</h2>
      </div>
      ${this.#asker()}
      <ul>
        ${said.map(({ learned, words }) => item(learned, words))}
      </ul>
      ${
        this.poster
          ? reason(texts.say("consent-organiser-says", { organiser: this.poster.organiser }), this.poster.purpose)
          : nothing
      }
      ${reason(texts.say("consent-why"), this.purpose)}
      <div class="choice">
        <button @click=${() => this.#say("bauta-cancel")}>${texts.say("consent-cancel")}</button>
        <button class="main" ?disabled=${!whole} @click=${() => this.#say("bauta-confirm")}>
          ${texts.say("consent-show")}
        </button>
      </div>
    </section>`;
  }

  /** Who asks, as far as anybody has signed it. */
  #asker(): TemplateResult | typeof nothing {
    const { poster } = this;
    if (this.way === "nonce") return html`<p class="asker">${texts.say("consent-screen")}</p>`;
    if (!poster) return nothing;
    const { organiser, eventDay, closes } = poster;
    const repeated = REPEATED[poster.pseudonyms];
    return html`<div class="asker">
      <p>${texts.say("consent-organiser", { organiser })}</p>
      <p>${texts.say("consent-event", { day: dayOf(eventDay), closes: timeOf(closes) })}</p>
      ${repeated ? html`<p>${texts.say(repeated)}</p>` : nothing}
    </div>`;
  }

  #say(name: string): void {
    this.dispatchEvent(new CustomEvent(name, { bubbles: true, composed: true }));
  }
}

function reason(heading: string, purpose: Readonly<Record<string, string>>): TemplateResult | typeof nothing {
  const said = texts.choose(purpose);
  if (!said) return nothing;
  return html`<div>
    <h3>${heading}</h3>
    <p lang=${said.language} dir="auto">${said.text}</p>
  </div>`;
}

function item(learned: Learned, words: string | undefined): TemplateResult {
  if (words === undefined)
    return html`<li class="unknown">${icons.warning}<span>${texts.say("consent-unknown")}</span></li>`;
  if (learned.what === "nothing_else") return html`<li class="end">${icons.nothing}<span>${words}</span></li>`;
  return html`<li>${icons.eye}<span>${words}</span></li>`;
}
