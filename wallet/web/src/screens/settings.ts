import { css, html, type CSSResultGroup, type TemplateResult } from "lit";
import { customElement } from "lit/decorators.js";

import { texts, timeOf } from "bauta";
import { chooseLanguage, languages, Screen } from "../../../../web/page";
import { WalletScreen } from "../wallet-screen";
import "./backup";
import "./passphrase";
import "./people";
import "./records";
import "./remove";

/** Everything that is not for every day. */
@customElement("wallet-settings")
export class WalletSettings extends WalletScreen {
  static override styles: CSSResultGroup = [
    Screen.styles,
    css`
      details.card {
        padding-block: 0.375rem;
        gap: 0;
      }
      details.card[open] {
        padding-block-end: 1.125rem;
      }
    `,
  ];

  protected override render(): TemplateResult {
    const { app } = this;
    return html`
      <h1 tabindex="-1">${texts.say("settings-title")}</h1>
      <div class="stack">
        <div class="card">
          <bauta-language
            .languages=${languages(app.configuration.languages)}
            @bauta-language=${(event: CustomEvent<{ language: string }>) => chooseLanguage(event.detail.language)}
          ></bauta-language>
        </div>
        ${section("settings-people", html`<wallet-people .app=${app}></wallet-people>`)}
        ${section("settings-records", html`<wallet-records .app=${app}></wallet-records>`)}
        ${section("settings-passphrase", html`<wallet-passphrase .app=${app}></wallet-passphrase>`)}
        ${section("settings-backup", html`<wallet-backup .app=${app}></wallet-backup>`)}
        ${section("settings-about", this.#about())}
        <wallet-remove .app=${app}></wallet-remove>
      </div>
    `;
  }

  #about(): TemplateResult {
    const { current } = this.app.household;
    if (!current) return html`<p>${texts.say("about-kept")}</p>`;
    const programme = this.app.household.wallet(current.id).programme();
    return html`<div class="stack">
      <dl>
        <dt>${texts.say("about-programme")}</dt>
        <dd>${programme.name}</dd>
        <dt>${texts.say("about-list")}</dt>
        <dd>${texts.say("about-list-of", { version: programme.version, time: timeOf(programme.issuedAt) })}</dd>
      </dl>
      <p>${texts.say("about-kept")}</p>
      <p>${texts.say("about-sent")}</p>
    </div>`;
  }
}

function section(title: string, content: TemplateResult): TemplateResult {
  return html`<details class="card">
    <summary>${texts.say(title)}</summary>
    ${content}
  </details>`;
}
