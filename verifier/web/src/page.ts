import { css, html, nothing, type CSSResultGroup, type TemplateResult } from "lit";
import { customElement, state } from "lit/decorators.js";

import { texts } from "bauta";
import { chooseLanguage, icons, languages, pageLook, problem, Screen } from "../../../web/page";
import { VerifierScreen } from "./verifier-screen";
import "./screens/choose";
import "./screens/poster";
import "./screens/scan";

/** The whole page: a bar on top, and one screen below it. */
@customElement("verifier-page")
export class VerifierPage extends VerifierScreen {
  static override styles: CSSResultGroup = [
    Screen.styles,
    pageLook,
    css`
      .plain {
        max-inline-size: 40rem;
        margin-inline: auto;
        padding: 0.5rem 1rem;
      }
    `,
  ];

  @state() private kiosk = false;
  #before = "";

  protected override updated(): void {
    document.title = this.venue.brandName;
    const here = this.venue.phase.is;
    if (here === this.#before) return;
    const first = this.#before === "" || this.#before === "starting";
    this.#before = here;
    const screen = this.renderRoot.querySelector("main")?.firstElementChild;
    if (!first && screen instanceof Screen) void screen.begin();
  }

  protected override render(): TemplateResult {
    return html`<div lang=${texts.language} dir=${texts.direction}>
      ${this.kiosk ? nothing : this.#bar()}
      <main @verifier-kiosk=${(event: CustomEvent<{ kiosk: boolean }>) => (this.kiosk = event.detail.kiosk)}>
        ${this.#screen()}
      </main>
    </div>`;
  }

  #bar(): TemplateResult {
    return html`<header>
      <span class="brand"><img src="icon.svg" alt="" />${this.venue.brandName}</span>
      <bauta-language
        .languages=${languages(this.venue.languages)}
        @bauta-language=${(event: CustomEvent<{ language: string }>) => chooseLanguage(event.detail.language)}
      ></bauta-language>
    </header>`;
  }

  #screen(): TemplateResult {
    const { phase } = this.venue;
    switch (phase.is) {
      case "starting":
      case "opening":
        return html`<div class="plain row" role="status"><span class="spinner"></span>${texts.say("starting")}</div>`;
      case "choosing":
        return html`<verifier-choose .venue=${this.venue} .policies=${phase.policies}></verifier-choose>`;
      case "hanging":
        return html`<verifier-poster .venue=${this.venue} .phase=${phase}></verifier-poster>`;
      case "open":
        return html`<verifier-scan .venue=${this.venue} .phase=${phase}></verifier-scan>`;
      case "fault":
        return this.#fault(phase.error);
    }
  }

  /** Nothing on it is green: a page that does not work lets nobody in. */
  #fault(error: unknown): TemplateResult {
    return html`<div class="plain stack" role="alert">
      <h1 tabindex="-1">${texts.say("fault-title")}</h1>
      ${problem(error)}
      <button class="main" @click=${() => location.reload()}>${icons.again} ${texts.say("fault-again")}</button>
    </div>`;
  }
}
