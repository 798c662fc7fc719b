import { html, type TemplateResult } from "lit";
import { customElement, query, state } from "lit/decorators.js";

import { texts } from "bauta";
import { Doing, icons } from "../../../../web/page";
import { WalletScreen } from "../wallet-screen";
import "./remove";

/** The wallet is here, and shut. */
@customElement("wallet-locked")
export class WalletLocked extends WalletScreen {
  @query("input") private readonly field!: HTMLInputElement;
  @state() private forgotten = false;
  readonly #doing = new Doing(this);

  protected override render(): TemplateResult {
    return html`
      <h1 tabindex="-1">${texts.say("locked-title")}</h1>
      <div class="stack">
        <form @submit=${this.#submit}>
          <div class="field">
            <label for="passphrase">${texts.say("passphrase")}</label>
            <input id="passphrase" type="password" autocomplete="current-password" required />
          </div>
          ${this.#doing.problem()}
          <button class="main" aria-busy=${this.#doing.busy} ?disabled=${this.#doing.busy}>
            ${icons.lock} ${texts.say(this.#doing.busy ? "locked-opening" : "locked-open")}
          </button>
        </form>
        ${
          this.forgotten
            ? html`<p>${texts.say("locked-forgotten-help")}</p>
                <wallet-remove .app=${this.app}></wallet-remove>`
            : html`<button class="quiet" @click=${() => (this.forgotten = true)}>
                ${texts.say("locked-forgotten")}
              </button>`
        }
      </div>
    `;
  }

  readonly #submit = (event: SubmitEvent): void => {
    event.preventDefault();
    const passphrase = this.field.value;
    this.field.value = "";
    void this.#doing.run(() => this.app.unlock(passphrase));
  };
}
