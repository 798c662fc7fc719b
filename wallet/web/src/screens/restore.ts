import { html, type TemplateResult } from "lit";
import { customElement, property, query } from "lit/decorators.js";

import { texts } from "bauta";
import { Doing, Part } from "../../../../web/page";

/** A backup file and its passphrase. */
@customElement("wallet-restore")
export class WalletRestore extends Part {
  /** Takes the backup in. */
  @property({ attribute: false }) restore!: (file: Uint8Array, passphrase: string) => Promise<void>;

  @query("input[type=file]") private readonly file!: HTMLInputElement;
  @query("input[type=password]") private readonly passphrase!: HTMLInputElement;

  readonly #doing = new Doing(this);

  protected override render(): TemplateResult {
    return html`
      <form @submit=${this.#submit}>
        <div class="field">
          <label for="file">${texts.say("restore-file")}</label>
          <input id="file" type="file" required />
        </div>
        <div class="field">
          <label for="passphrase">${texts.say("restore-passphrase")}</label>
          <input id="passphrase" type="password" autocomplete="off" required />
        </div>
        ${this.#doing.problem()}
        <button class="main" aria-busy=${this.#doing.busy} ?disabled=${this.#doing.busy}>
          ${texts.say(this.#doing.busy ? "restore-running" : "restore-go")}
        </button>
      </form>
    `;
  }

  readonly #submit = (event: SubmitEvent): void => {
    event.preventDefault();
    const [chosen] = this.file.files ?? [];
    if (!chosen) return;
    void this.#doing.run(async () => {
      await this.restore(new Uint8Array(await chosen.arrayBuffer()), this.passphrase.value);
      this.passphrase.value = "";
    });
  };
}
