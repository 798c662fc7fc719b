import { html, nothing, type TemplateResult } from "lit";
import { customElement, query, state } from "lit/decorators.js";

import { texts } from "bauta";
import { BautaError } from "bauta/wallet";
import { Doing, icons } from "../../../../web/page";
import { WalletPart } from "../part";

/** Sets, changes and removes the passphrase. */
@customElement("wallet-passphrase")
export class WalletPassphrase extends WalletPart {
  @query("#first") private readonly first!: HTMLInputElement;
  @query("#second") private readonly second!: HTMLInputElement;
  @state() private has: boolean | undefined;
  @state() private done: "set" | "removed" | undefined;
  readonly #doing = new Doing(this);

  override connectedCallback(): void {
    super.connectedCallback();
    void this.#look();
  }

  protected override render(): TemplateResult {
    return html`<div class="stack">
      <p class="muted">${texts.say("passphrase-help")}</p>
      <form @submit=${this.#submit}>
        <div class="field">
          <label for="first">${texts.say(this.has ? "passphrase-change" : "passphrase-new")}</label>
          <span class="muted small" id="rule">${texts.say("passphrase-rule")}</span>
          <input
            id="first"
            type="password"
            required
            minlength="8"
            autocomplete="new-password"
            aria-describedby="rule"
          />
        </div>
        <div class="field">
          <label for="second">${texts.say("passphrase-again")}</label>
          <input id="second" type="password" required autocomplete="new-password" />
        </div>
        ${this.#doing.problem()}
        <button class="main" aria-busy=${this.#doing.busy} ?disabled=${this.#doing.busy}>
          ${texts.say("passphrase-set")}
        </button>
      </form>
      <div role="status">
        ${this.done ? texts.say(this.done === "set" ? "passphrase-set-done" : "passphrase-removed") : nothing}
      </div>
      ${
        this.has
          ? html`<button @click=${() => this.app.lock()}>${icons.lock} ${texts.say("passphrase-lock-now")}</button>
              ${this.#doing.button("danger", texts.say("passphrase-remove"), () => this.#change(undefined))}`
          : nothing
      }
    </div>`;
  }

  readonly #submit = (event: SubmitEvent): void => {
    event.preventDefault();
    const [wanted, again] = [this.first.value, this.second.value];
    void this.#doing.run(async () => {
      if (wanted !== again) throw new BautaError("passphrase_differs");
      await this.#change(wanted);
      this.first.value = "";
      this.second.value = "";
    });
  };

  async #change(passphrase: string | undefined): Promise<void> {
    this.done = undefined;
    await this.app.setPassphrase(passphrase);
    await this.#look();
    this.done = passphrase === undefined ? "removed" : "set";
  }

  async #look(): Promise<void> {
    this.has = await this.app.hasPassphrase;
  }
}
