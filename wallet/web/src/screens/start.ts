import { css, html, nothing, type CSSResultGroup, type TemplateResult } from "lit";
import { customElement, state } from "lit/decorators.js";

import { texts } from "bauta";
import { Doing, icons, Screen } from "../../../../web/page";
import { WalletScreen } from "../wallet-screen";
import "./restore";

/** The first screen of all: what this is, and how to begin. */
@customElement("wallet-start")
export class WalletStart extends WalletScreen {
  static override styles: CSSResultGroup = [
    Screen.styles,
    css`
      li {
        display: grid;
        grid-template-columns: auto 1fr;
        gap: 0.75rem;
      }
      li svg {
        color: var(--bauta-accent);
      }
    `,
  ];

  @state() private restoring = false;
  readonly #doing = new Doing(this);

  protected override render(): TemplateResult {
    return this.restoring ? this.#restore() : this.#welcome();
  }

  #welcome(): TemplateResult {
    const promises = ["start-promise-rule", "start-promise-offline", "start-promise-here"];
    return html`
      <h1 tabindex="-1">${texts.say("start-title")}</h1>
      <div class="stack">
        <p class="lead">${texts.say("start-lead")}</p>
        <ul class="plain stack">
          ${promises.map((promise) => html`<li>${icons.tick}<span>${texts.say(promise)}</span></li>`)}
        </ul>
        ${this.app.waiting ? html`<p class="notice">${icons.info}<span>${texts.say("start-waiting")}</span></p>` : nothing}
        ${this.#doing.problem()}
        ${this.#doing.button("main", texts.say("start-begin"), () => this.app.begin(texts.say("person-first")))}
        <button class="quiet" @click=${() => this.#toggle(true)}>${texts.say("start-restore")}</button>
      </div>
    `;
  }

  #restore(): TemplateResult {
    return html`
      <h1 tabindex="-1">${texts.say("restore-title")}</h1>
      <div class="stack">
        <wallet-restore
          .restore=${(file: Uint8Array, passphrase: string) =>
            this.app.beginWith(texts.say("person-first"), file, passphrase)}
        ></wallet-restore>
        <button class="quiet" @click=${() => this.#toggle(false)}>${texts.say("back")}</button>
      </div>
    `;
  }

  #toggle(restoring: boolean): void {
    this.restoring = restoring;
    void this.begin();
  }
}
