import { html, nothing, type TemplateResult } from "lit";
import { customElement, query, state } from "lit/decorators.js";

import { texts } from "bauta";
import { BautaError } from "bauta/wallet";
import { Doing, icons } from "../../../../web/page";
import { WalletPart } from "../part";
import "./restore";

/** A wallet as a sealed file, and back. The command line reads and writes the same files. */
@customElement("wallet-backup")
export class WalletBackup extends WalletPart {
  @query("#first") private readonly first!: HTMLInputElement;
  @query("#second") private readonly second!: HTMLInputElement;
  @state() private saved = false;
  @state() private restored = false;
  readonly #doing = new Doing(this);

  protected override render(): TemplateResult {
    return html`<div class="stack">
      <p class="muted">${texts.say("backup-help")}</p>
      <form @submit=${this.#submit}>
        <div class="field">
          <label for="first">${texts.say("backup-passphrase")}</label>
          <span class="muted small" id="rule">${texts.say("passphrase-rule")}</span>
          <input id="first" type="password" required minlength="8" autocomplete="off" aria-describedby="rule" />
        </div>
        <div class="field">
          <label for="second">${texts.say("passphrase-again")}</label>
          <input id="second" type="password" required autocomplete="off" />
        </div>
        ${this.#doing.problem()}
        <button class="main" aria-busy=${this.#doing.busy} ?disabled=${this.#doing.busy}>
          ${icons.save} ${texts.say(this.#doing.busy ? "backup-running" : "backup-save")}
        </button>
      </form>
      <div role="status">${this.saved ? texts.say("backup-saved") : nothing}</div>
      <h2>${texts.say("restore-title")}</h2>
      <p class="muted">${texts.say("restore-adds")}</p>
      <wallet-restore
        .restore=${(file: Uint8Array, passphrase: string) => this.#restore(file, passphrase)}
      ></wallet-restore>
      <div role="status">${this.restored ? texts.say("restore-done") : nothing}</div>
    </div>`;
  }

  readonly #submit = (event: SubmitEvent): void => {
    event.preventDefault();
    const person = this.app.household.current;
    const [wanted, again] = [this.first.value, this.second.value];
    if (!person) return;
    this.saved = false;
    void this.#doing.run(async () => {
      if (wanted !== again) throw new BautaError("passphrase_differs");
      const sealed = this.app.household.wallet(person.id).backup(wanted);
      offer(sealed, `bauta-${new Date().toISOString().slice(0, 10)}.backup`);
      this.first.value = "";
      this.second.value = "";
      this.saved = true;
    });
  };

  async #restore(file: Uint8Array, passphrase: string): Promise<void> {
    await this.app.addFrom(texts.say("person-restored"), file, passphrase);
    this.restored = true;
  }
}

/** Lets the browser save a file. The name says nothing about whose it is. */
function offer(bytes: Uint8Array, name: string): void {
  const address = URL.createObjectURL(new Blob([new Uint8Array(bytes)], { type: "application/octet-stream" }));
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
  // The browser has begun to read it by then; a minute is ample.
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}
