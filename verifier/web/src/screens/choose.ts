import { css, html, nothing, type CSSResultGroup, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";

import { inWords, texts, wordFor } from "bauta";
import type { AskedView, Way } from "bauta/verifier";
import { icons, Screen } from "../../../../web/page";
import { VerifierScreen } from "../verifier-screen";
import "./list-age";

/** In the order in which they are offered. */
const WAYS: readonly Way[] = ["one_way", "nonce", "poster"];

const OPENS: Readonly<Record<Way, string>> = {
  one_way: "choose-open",
  nonce: "choose-fresh",
  poster: "choose-poster",
};

/** What this door asks. */
@customElement("verifier-choose")
export class VerifierChoose extends VerifierScreen {
  static override styles: CSSResultGroup = [
    Screen.styles,
    css`
      h2 {
        font-size: 1.25rem;
      }
      .card button {
        justify-self: stretch;
      }
    `,
  ];

  @property({ attribute: false }) policies: readonly AskedView[] = [];

  protected override render(): TemplateResult {
    return html`
      <h1 tabindex="-1">${texts.say("choose-title")}</h1>
      <div class="stack">
        <p>${texts.say("choose-help")}</p>
        <verifier-list-age .venue=${this.venue}></verifier-list-age>
        ${
          this.policies.length === 0
            ? html`<div class="notice amber">
                ${icons.warning}
                <p>${texts.say("choose-none")}</p>
              </div>`
            : this.policies.map((policy) => this.#policy(policy))
        }
        ${
          this.policies.some(({ ways }) => ways.includes("nonce") || ways.includes("poster"))
            ? html`<p class="muted small">${texts.say("choose-ways-help")}</p>`
            : nothing
        }
        <p class="muted small">${texts.say("keeps-nothing")}</p>
      </div>
    `;
  }

  #policy(policy: AskedView): TemplateResult {
    const name = wordFor(texts, "policy", policy.name);
    const purpose = texts.choose(policy.purpose);
    const learns = policy.learns.map((learned) => inWords(texts, learned)).filter((words) => words !== undefined);
    return html`<article class="card" aria-label=${name}>
      <h2>${name}</h2>
      ${purpose ? html`<p lang=${purpose.language} dir="auto">${purpose.text}</p>` : nothing}
      <details>
        <summary>${texts.say("choose-learns")}</summary>
        <ul>
          ${learns.map((words) => html`<li>${words}</li>`)}
          ${
            policy.pseudonyms !== "none" && policy.ways.includes("poster")
              ? html`<li>${texts.say("choose-learns-again")}</li>`
              : nothing
          }
        </ul>
      </details>
      ${WAYS.filter((way) => policy.ways.includes(way)).map((way, index) => this.#way(policy, way, index === 0))}
    </article>`;
  }

  #way(policy: AskedView, way: Way, first: boolean): TemplateResult {
    const name = wordFor(texts, "policy", policy.name);
    const open = () => (way === "poster" ? this.venue.lookForPoster() : this.venue.ask(policy, { way }));
    return html`<button class=${first ? "main" : ""} @click=${open}>
      ${texts.say(OPENS[way], { policy: name })}
    </button>`;
  }
}
