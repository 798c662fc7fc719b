import { css, html, nothing, type CSSResultGroup, type TemplateResult } from "lit";
import { customElement } from "lit/decorators.js";

import { dayOf, texts, valueInWords, wordFor } from "bauta";
import type { Person } from "bauta/store";
import type { RecordView } from "bauta/wallet";
import { Doing, icons, problem, Screen } from "../../../../web/page";
import { now } from "../model/household";
import { WalletScreen } from "../wallet-screen";

/** What the wallet holds, in words, and the two things that people come for. */
@customElement("wallet-home")
export class WalletHome extends WalletScreen {
  static override styles: CSSResultGroup = [
    Screen.styles,
    css`
      button.show {
        min-block-size: 4rem;
        font-size: 1.25rem;
      }
      .title {
        display: flex;
        align-items: baseline;
        justify-content: space-between;
        gap: 0.75rem;
        flex-wrap: wrap;
      }
      .days {
        display: flex;
        align-items: center;
        gap: 0.5rem;
        font-weight: 600;
      }
      .days svg {
        color: var(--bauta-accent);
      }
    `,
  ];

  readonly #doing = new Doing(this);

  protected override render(): TemplateResult {
    const { household } = this.app;
    const person = household.current;
    if (!person) return html`${nothing}`;
    const wallet = household.wallet(person.id);
    const records = wallet.records();
    return html`
      <h1 tabindex="-1">${household.people.length > 1 ? person.label : texts.say("home-title")}</h1>
      <div class="stack">
        ${this.#people(person)} ${this.#listNotice()} ${this.#waitingNotice()} ${this.#notYetNotice(person)}
        ${this.#interruptedNotice()} ${records.length === 0 ? this.#empty() : this.#full(records)}
      </div>
    `;
  }

  /** Whose wallet is open, where there are several. */
  #people(open: Person): TemplateResult | typeof nothing {
    const { household } = this.app;
    if (household.people.length < 2) return nothing;
    const choose = (person: Person) => {
      household.choose(person.id);
      this.app.changed();
    };
    return html`<div class="row" role="group" aria-label=${texts.say("settings-people")}>
      ${household.people.map(
        (person) =>
          html`<button aria-pressed=${person.id === open.id} @click=${() => choose(person)}>
            ${icons.person} ${person.label}
          </button>`,
      )}
    </div>`;
  }

  #empty(): TemplateResult | typeof nothing {
    if (this.app.waiting) return nothing;
    const person = this.app.household.current;
    if (person && this.app.household.waiting(person).length > 0) return this.#add();
    return html`
      <div class="card">
        <h2>${texts.say("home-empty")}</h2>
        <p>${texts.say("home-empty-help")}</p>
        <button class="main" @click=${() => this.go("collect")}>${icons.add} ${texts.say("home-collect")}</button>
      </div>
    `;
  }

  #full(records: readonly RecordView[]): TemplateResult {
    return html`
      <button class="main show wide" @click=${() => this.go("doors")}>${icons.code} ${texts.say("home-show")}</button>
      ${records.map((record) => this.#record(record))} ${this.#doing.problem()} ${this.#trouble()} ${this.#add()}
    `;
  }

  #add(): TemplateResult {
    return html`<button class="wide" @click=${() => this.go("collect")}>
      ${icons.add} ${texts.say("home-collect")}
    </button>`;
  }

  #record(record: RecordView): TemplateResult {
    const days = [...new Set(record.passes.map((pass) => pass.day))].sort();
    const last = days.at(-1);
    return html`
      <article class="card" aria-label=${wordFor(texts, "type", record.type)}>
        <div class="title">
          <h2>${wordFor(texts, "type", record.type)}</h2>
          <span class="muted small">${this.#issuerName(record.issuer)}</span>
        </div>
        <p class="days">
          ${
            last
              ? html`${icons.tick}<span>${texts.say("record-passes-until", { day: dayOf(last) })}</span>`
              : html`${icons.clock}<span>${texts.say("record-no-passes")}</span>`
          }
        </p>
        <details>
          <summary>${texts.say("record-more")}</summary>
          <div class="stack">
            <dl>
              ${record.claims.map(
                (claim) =>
                  html`<dt>${wordFor(texts, "claim", claim.name)}</dt>
                    <dd>${valueInWords(texts, claim)}</dd>`,
              )}
            </dl>
            ${
              days.length > 0
                ? html`<h3 class="small muted">${texts.say("record-passes")}</h3>
                    <dl>
                      ${days.map(
                        (day) =>
                          html`<dt>${texts.say("record-day", { day: dayOf(day) })}</dt>
                            <dd>${this.#passesOf(record, day)}</dd>`,
                      )}
                    </dl>`
                : nothing
            }
            ${this.#doing.button("plain", texts.say("record-renew"), () => this.#renew())}
          </div>
        </details>
      </article>
    `;
  }

  #passesOf(record: RecordView, day: string): TemplateResult[] {
    const rules = record.passes
      .filter((pass) => pass.day === day)
      .map(({ rule, other }) => {
        const word = wordFor(texts, "rule", rule);
        return other === null ? word : texts.say("record-pass-together", { rule: word });
      });
    return [...new Set(rules)].map((rule) => html`<div>${rule}</div>`);
  }

  #issuerName(url: string): string {
    const known = this.app.configuration.issuers.find((issuer) => issuer.url === url);
    return known?.name ?? new URL(url).host;
  }

  async #renew(): Promise<void> {
    const person = this.app.household.current;
    if (person) await this.app.renew(person);
  }

  #listNotice(): TemplateResult | typeof nothing {
    const person = this.app.household.current;
    const programme = person && this.app.household.wallet(person.id).programme();
    if (!programme || now() < programme.amberAt) return nothing;
    const expired = now() >= programme.expiresAt;
    return html`<div class="notice amber">
      ${icons.warning}
      <p>${texts.say(expired ? "home-list-expired" : "home-list-ageing")}</p>
    </div>`;
  }

  #waitingNotice(): TemplateResult | typeof nothing {
    if (!this.app.waiting) return nothing;
    return html`<div class="card">
      <h2>${texts.say("home-waiting")}</h2>
      <button class="main" @click=${() => this.go("collect")}>${texts.say("home-waiting-look")}</button>
    </div>`;
  }

  #notYetNotice(person: Person): TemplateResult | typeof nothing {
    const waiting = this.app.household.waiting(person);
    if (waiting.length === 0) return nothing;
    const issuers = [...new Set(waiting.map(({ issuer }) => this.#issuerName(issuer)))];
    const trouble = this.app.waitingTroubles.get(person.id);
    return html`<div class="card">
      <h2 class="days">${icons.clock}<span>${texts.say("home-not-yet")}</span></h2>
      ${issuers.map((issuer) => html`<p>${texts.say("home-not-yet-help", { issuer })}</p>`)}
      ${
        trouble === undefined
          ? nothing
          : html`${problem(trouble)}
            ${this.#doing.button("plain", texts.say("home-not-yet-stop"), () => this.app.stopWaiting(person))}`
      }
    </div>`;
  }

  #interruptedNotice(): TemplateResult | typeof nothing {
    const person = this.app.household.current;
    if (!person || this.app.household.busy || !this.app.household.isInterrupted(person)) return nothing;
    return html`<div class="card">
      <h2>${texts.say("home-interrupted")}</h2>
      <p>${texts.say("home-interrupted-help")}</p>
      ${this.#doing.problem()} ${this.#doing.button("main", texts.say("home-go-on"), () => this.app.goOn(person))}
    </div>`;
  }

  #trouble(): TemplateResult | typeof nothing {
    const person = this.app.household.current;
    const trouble = person && this.app.troubles.get(person.id);
    return trouble === undefined ? nothing : problem(trouble);
  }
}
