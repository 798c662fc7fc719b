import { html, type TemplateResult } from "lit";
import { customElement, state } from "lit/decorators.js";

import { texts } from "bauta";
import { Doing, icons } from "../../../../web/page";
import { WalletPart } from "../part";

/** Removes everything, after asking once more in place. */
@customElement("wallet-remove")
export class WalletRemove extends WalletPart {
  @state() private asking = false;
  readonly #doing = new Doing(this);

  protected override render(): TemplateResult {
    if (!this.asking) {
      return html`<button class="danger wide" @click=${() => (this.asking = true)}>
        ${icons.bin} ${texts.say("remove-everything")}
      </button>`;
    }
    return html`
      <div class="stack" role="group" aria-label=${texts.say("remove-everything")}>
        <p>${texts.say("remove-sure")}</p>
        ${this.#doing.problem()}
        ${this.#doing.button("danger", texts.say("remove-yes"), () => this.app.removeEverything())}
        <button @click=${() => (this.asking = false)}>${texts.say("keep")}</button>
      </div>
    `;
  }
}
