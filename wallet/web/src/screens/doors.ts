import { css, html, nothing, type CSSResultGroup, type TemplateResult } from "lit";
import { customElement } from "lit/decorators.js";

import { texts, wordFor } from "bauta";
import { BautaError, type PolicyView } from "bauta/wallet";
import { Doing, Screen, sentenceFor } from "../../../../web/page";
import { now } from "../model/household";
import { WalletScreen } from "../wallet-screen";

/** Reasons for which fetching passes helps. */
const RENEWING_HELPS = ["not_today", "outdated", "not_today_of_two", "outdated_of_two"];

/** What doors may ask, and what of it this person can answer now. */
@customElement("wallet-doors")
export class WalletDoors extends WalletScreen {
  static override styles: CSSResultGroup = [
    Screen.styles,
    css`
      button.policy {
        display: grid;
        justify-items: start;
        gap: 0.125rem;
        padding: 1rem 1.125rem;
        border-radius: calc(var(--bauta-radius) * 1.25);
        text-align: start;
        font-weight: 400;
      }
      button.policy strong {
        font-size: 1.125rem;
      }
    `,
  ];

  readonly #doing = new Doing(this);
  readonly #asked = new Doing(this);

  protected override render(): TemplateResult {
    const person = this.app.household.current;
    const policies = person ? this.app.household.wallet(person.id).policies(now()) : [];
    const can = policies.filter((policy) => policy.answerable);
    const cannot = policies.filter((policy) => !policy.answerable);
    return html`
      <h1 tabindex="-1">${texts.say("doors-title")}</h1>
      <div class="stack">
        ${can.length > 0 || cannot.some(({ reason }) => reason?.code === "needs_poster") ? this.#scanned() : nothing}
        ${can.length > 0 ? html`<p>${texts.say("doors-help")}</p>` : html`<p>${texts.say("doors-none")}</p>`}
        ${can.map((policy) => this.#answerable(policy))} ${this.#renewal(cannot)}
        ${
          cannot.length > 0
            ? html`<details ?open=${can.length === 0}>
                <summary>${texts.say("doors-others")}</summary>
                <div class="stack">${cannot.map((policy) => this.#unanswerable(policy))}</div>
              </details>`
            : nothing
        }
      </div>
    `;
  }

  /** Whatever is scanned here, it is shown what the door will learn, and asked, as about what was chosen. */
  #scanned(): TemplateResult {
    return html`<details>
        <summary>${texts.say("doors-scan")}</summary>
        <div class="stack">
          <p class="muted">${texts.say("doors-scan-help")}</p>
          <bauta-scanner @bauta-code=${(event: CustomEvent<{ text: string }>) => this.#take(event.detail.text)}>
          </bauta-scanner>
        </div>
      </details>
      ${this.#asked.problem()}`;
  }

  #take(scanned: string): void {
    const person = this.app.household.current;
    if (!person) return;
    void this.#asked.run(async () => {
      const wallet = this.app.household.wallet(person.id);
      const ask = wallet.read(scanned);
      // Throws when it is not answered: then the reason stands here, beside what can be shown.
      wallet.learnsFrom(ask, now());
      this.app.scanned = ask;
      this.go("show");
    });
  }

  #answerable(policy: PolicyView): TemplateResult {
    return html`<button class="policy wide" @click=${() => this.go("show", policy.id)}>
      <strong>${wordFor(texts, "policy", policy.name)}</strong>${purpose(policy)}
    </button>`;
  }

  #unanswerable(policy: PolicyView): TemplateResult {
    const { code = "internal", params = {} } = policy.reason ?? {};
    return html`<div class="card">
      <h2>${wordFor(texts, "policy", policy.name)}</h2>
      ${purpose(policy)}
      <p>${sentenceFor(new BautaError(code, params))}</p>
    </div>`;
  }

  #renewal(cannot: readonly PolicyView[]): TemplateResult | typeof nothing {
    const person = this.app.household.current;
    const helps = cannot.some((policy) => RENEWING_HELPS.includes(policy.reason?.code ?? ""));
    if (!person || !helps) return nothing;
    return html`${this.#doing.problem()}
    ${this.#doing.button("main", texts.say("doors-renew"), () => this.app.renew(person))}`;
  }
}

function purpose(policy: PolicyView): TemplateResult | typeof nothing {
  const said = texts.choose(policy.purpose);
  return said ? html`<span class="muted" lang=${said.language} dir="auto">${said.text}</span>` : nothing;
}
