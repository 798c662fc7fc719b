import { html, nothing, type TemplateResult } from "lit";
import { customElement, query, state } from "lit/decorators.js";

import { texts } from "bauta";
import { Doing, icons } from "../../../../web/page";
import type { Person } from "bauta/store";
import { type Waiting } from "../model/app";
import { WalletScreen } from "../wallet-screen";

/** From a link, a code or a picture to a record, and on to its passes. */
@customElement("wallet-collect")
export class WalletCollect extends WalletScreen {
  @query("form") private readonly form!: HTMLFormElement;
  @state() private stage: "asking" | "collecting" | "renewing" | "not yet" | "done" | "done without passes" = "asking";
  readonly #doing = new Doing(this);

  protected override render(): TemplateResult {
    switch (this.stage) {
      case "collecting":
      case "renewing":
        return this.#running(this.stage);
      case "not yet":
        return this.#notYet();
      case "done":
      case "done without passes":
        return this.#done(this.stage);
      case "asking":
        return this.app.waiting ? this.#confirm(this.app.waiting) : this.#ask();
    }
  }

  #ask(): TemplateResult {
    return html`
      <h1 tabindex="-1">${texts.say("collect-title")}</h1>
      <div class="stack">
        <p>${texts.say("collect-scan")}</p>
        <bauta-scanner @bauta-code=${(event: CustomEvent<{ text: string }>) => this.app.offer(event.detail.text)}>
        </bauta-scanner>
        <details ?open=${this.#doing.code !== undefined}>
          <summary>${texts.say("collect-spoken")}</summary>
          ${this.#spoken()}
        </details>
      </div>
    `;
  }

  #spoken(): TemplateResult {
    const { issuers } = this.app.configuration;
    return html`
      <form @submit=${this.#submit}>
        <div class="field">
          <label for="issuer">${texts.say("collect-issuer")}</label>
          <select id="issuer" name="issuer">
            ${issuers.map(({ name, url }) => html`<option value=${url}>${name}</option>`)}
          </select>
        </div>
        <div class="field">
          <label for="code">${texts.say("collect-code")}</label>
          <span class="muted small" id="code-help">${texts.say("collect-code-help")}</span>
          <input
            id="code"
            name="code"
            type="text"
            required
            dir="ltr"
            maxlength="40"
            autocomplete="off"
            autocapitalize="characters"
            spellcheck="false"
            aria-describedby="code-help"
          />
        </div>
        <div class="field">
          <label for="factor">${texts.say("collect-factor")}</label>
          <span class="muted small" id="factor-help">${texts.say("collect-factor-help")}</span>
          <input
            id="factor"
            name="factor"
            type="text"
            required
            dir="ltr"
            maxlength="40"
            inputmode="numeric"
            autocomplete="off"
            aria-describedby="factor-help"
          />
        </div>
        ${this.#doing.problem()}
        <button class="main" ?disabled=${this.#doing.busy}>${texts.say("collect-go")}</button>
      </form>
    `;
  }

  #confirm(waiting: Waiting): TemplateResult {
    const person = this.app.household.current;
    const known = waiting.issuer;
    return html`
      <h1 tabindex="-1">${texts.say("collect-confirm-title")}</h1>
      <div class="stack">
        ${
          known
            ? html`<p class="lead">${texts.say("collect-confirm", { issuer: known.name })}</p>
                ${
                  this.app.household.people.length > 1 && person
                    ? html`<p>${texts.say("collect-confirm-for", { person: person.label })}</p>`
                    : nothing
                }`
            : html`<div class="notice problem">
                ${icons.warning}
                <p>${texts.say("collect-unknown-issuer")}</p>
              </div>`
        }
        ${this.#doing.problem()}
        ${
          known && person
            ? html`<button
                class="main"
                ?disabled=${this.#doing.busy}
                @click=${() => this.#run(() => this.app.collect(person))}
              >
                ${texts.say("collect-go")}
              </button>`
            : nothing
        }
        <button @click=${() => this.#drop()}>${texts.say("collect-drop")}</button>
      </div>
    `;
  }

  #running(stage: "collecting" | "renewing"): TemplateResult {
    return html`
      <h1 tabindex="-1">${texts.say("collect-title")}</h1>
      <div class="row lead" role="status">
        <span class="spinner"></span><span>${texts.say(`collect-${stage}`)}</span>
      </div>
    `;
  }

  #notYet(): TemplateResult {
    return html`
      <h1 tabindex="-1">${texts.say("collect-not-yet")}</h1>
      <div class="stack">
        <p class="lead">${texts.say("collect-not-yet-help")}</p>
        <button class="main" @click=${() => this.go("home")}>${texts.say("collect-home")}</button>
      </div>
    `;
  }

  #done(stage: "done" | "done without passes"): TemplateResult {
    return html`
      <h1 tabindex="-1">${texts.say("collect-done")}</h1>
      <div class="stack">
        <p class="lead">${texts.say(stage === "done" ? "collect-done-help" : "collect-done-without-passes")}</p>
        ${stage === "done" ? nothing : this.#doing.problem()}
        <button class="main" @click=${() => this.go("home")}>${texts.say("collect-home")}</button>
      </div>
    `;
  }

  readonly #submit = (event: SubmitEvent): void => {
    event.preventDefault();
    const person = this.app.household.current;
    const typed = new FormData(this.form);
    const [issuer, code, factor] = ["issuer", "code", "factor"].map((name) => String(typed.get(name)));
    if (person && issuer && code && factor) {
      void this.#run(() => this.app.collectSpoken(person, issuer, code, factor));
    }
  };

  async #drop(): Promise<void> {
    await this.app.refuseOffer();
    this.#doing.forget();
    await this.begin();
  }

  /** The record first, then its passes. Once the record is here, nothing that follows can take it away. */
  async #run(collect: () => Promise<void>): Promise<void> {
    const person = this.app.household.current;
    if (!person || this.#doing.busy) return;
    this.stage = "collecting";
    const before = this.#count(person);
    await this.#doing.run(collect);
    if (this.#count(person) === before && this.#doing.code !== undefined) {
      this.stage = "asking";
      return;
    }
    if (this.#count(person) === before && this.app.household.waiting(person).length > 0) {
      this.stage = "not yet";
      await this.begin();
      return;
    }
    this.stage = "renewing";
    const renewed = await this.#doing.run(() => this.app.renew(person));
    this.stage = renewed ? "done" : "done without passes";
    await this.begin();
  }

  #count(person: Person): number {
    return this.app.household.wallet(person.id).records().length;
  }
}
