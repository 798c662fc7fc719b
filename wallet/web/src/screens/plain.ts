// Screens that say one thing.

import { html, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";

import { texts } from "bauta";
import { icons, problem } from "../../../../web/page";
import { askForTheWallet } from "../model/tabs";
import { WalletScreen } from "../wallet-screen";
import "./remove";

/** Another tab has the wallet. */
@customElement("wallet-elsewhere")
export class WalletElsewhere extends WalletScreen {
  protected override render(): TemplateResult {
    return html`
      <h1 tabindex="-1">${texts.say("elsewhere-title")}</h1>
      <div class="stack">
        <p>${texts.say("elsewhere-help")}</p>
        <button class="main" @click=${askForTheWallet}>${texts.say("elsewhere-here")}</button>
      </div>
    `;
  }
}

/** Everything was removed. */
@customElement("wallet-gone")
export class WalletGone extends WalletScreen {
  protected override render(): TemplateResult {
    return html`
      <h1 tabindex="-1">${texts.say("gone-title")}</h1>
      <div class="stack">
        <p>${texts.say("gone-help")}</p>
        <button @click=${() => location.reload()}>${texts.say("gone-again")}</button>
      </div>
    `;
  }
}

/** The page cannot go on. */
@customElement("wallet-fault")
export class WalletFault extends WalletScreen {
  @property({ attribute: false }) error: unknown;

  protected override render(): TemplateResult {
    return html`
      <h1 tabindex="-1">${texts.say("fault-title")}</h1>
      <div class="stack" role="alert">
        ${problem(this.error)}
        <button class="main" @click=${() => location.reload()}>${icons.again} ${texts.say("fault-again")}</button>
        <details>
          <summary>${texts.say("fault-more")}</summary>
          <div class="stack">
            <p>${texts.say("fault-remove-help")}</p>
            <wallet-remove .app=${this.app}></wallet-remove>
          </div>
        </details>
      </div>
    `;
  }
}
