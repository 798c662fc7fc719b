import { css, html, LitElement, nothing, type CSSResultGroup, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";

import type { Learned } from "../terms.js";
import { Speaking, texts, wordFor } from "../texts/index.js";
import * as icons from "./icons.js";
import { inWords } from "./learned.js";
import { look } from "./look.js";

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

  /** What the door will learn. Without it nothing can be confirmed. */
  @property({ attribute: false }) learns: readonly Learned[] = [];

  constructor() {
    super();
    new Speaking(this);
  }

  protected override render(): TemplateResult {
    const said = this.learns.map((learned) => ({ learned, words: inWords(texts, learned) }));
    const whole = said.length > 0 && said.every(({ words }) => words !== undefined);
    const purpose = texts.choose(this.purpose);
    return html`<section class="consent" lang=${texts.language} dir=${texts.direction} aria-labelledby="title">
      <div>
        <p class="policy">${wordFor(texts, "policy", this.policy)}</p>
        <h2 id="title">${texts.say("consent-title")}</h2>
      </div>
      <ul>
        ${said.map(({ learned, words }) => item(learned, words))}
      </ul>
      ${
        purpose
          ? html`<div>
              <h3>${texts.say("consent-why")}</h3>
              <p lang=${purpose.language} dir="auto">${purpose.text}</p>
            </div>`
          : nothing
      }
      <div class="choice">
        <button @click=${() => this.#say("bauta-cancel")}>${texts.say("consent-cancel")}</button>
        <button class="main" ?disabled=${!whole} @click=${() => this.#say("bauta-confirm")}>
          ${texts.say("consent-show")}
        </button>
      </div>
    </section>`;
  }

  #say(name: string): void {
    this.dispatchEvent(new CustomEvent(name, { bubbles: true, composed: true }));
  }
}

function item(learned: Learned, words: string | undefined): TemplateResult {
  if (words === undefined)
    return html`<li class="unknown">${icons.warning}<span>${texts.say("consent-unknown")}</span></li>`;
  if (learned.what === "nothing_else") return html`<li class="end">${icons.nothing}<span>${words}</span></li>`;
  return html`<li>${icons.eye}<span>${words}</span></li>`;
}
