import { css, html, nothing, type CSSResultGroup, type TemplateResult } from "lit";
import { customElement, state } from "lit/decorators.js";

import { texts } from "bauta";
import { chooseLanguage, icons, languages, pageLook, Screen } from "../../../web/page";
import { WalletScreen, type Place } from "./wallet-screen";
import "./screens/collect";
import "./screens/doors";
import "./screens/home";
import "./screens/locked";
import "./screens/plain";
import "./screens/settings";
import "./screens/show";
import "./screens/start";

/** Where the person is. The browser's own way back works; the address says nothing of it. */
interface Spot {
  readonly place: Place;
  readonly detail: string | undefined;
}

const HOME: Spot = { place: "home", detail: undefined };

/** The whole page: a bar on top, and one screen below it. */
@customElement("wallet-page")
export class WalletPage extends WalletScreen {
  static override styles: CSSResultGroup = [
    Screen.styles,
    pageLook,
    css`
      .brand {
        min-block-size: 2.75rem;
      }
      header button {
        padding-inline: 0.75rem;
      }
      header .back {
        padding-inline: 0.25rem 0.75rem;
      }
      [dir="rtl"] .back svg {
        scale: -1 1;
      }
    `,
  ];

  @state() private spot: Spot = HOME;
  #phase = "";

  override connectedCallback(): void {
    super.connectedCallback();
    history.replaceState(HOME, "");
    addEventListener("popstate", this.#arrived);
    this.addEventListener("wallet-go", this.#gone);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    removeEventListener("popstate", this.#arrived);
  }

  protected override updated(): void {
    const { phase } = this.app;
    document.title = this.app.brandName;
    const here = `${phase.is}/${this.spot.place}/${this.spot.detail ?? ""}`;
    if (here === this.#phase) return;
    const first = this.#phase === "";
    this.#phase = here;
    const screen = this.renderRoot.querySelector("main")?.firstElementChild;
    if (!first && screen instanceof Screen) void screen.begin();
  }

  protected override render(): TemplateResult {
    return html`<div lang=${texts.language} dir=${texts.direction}>
      ${this.#bar()}
      <main>${this.#screen()}</main>
    </div>`;
  }

  #bar(): TemplateResult {
    const inside = this.app.phase.is === "open";
    const home = this.spot.place === "home";
    return html`<header>
      ${
        inside && !home
          ? html`<button class="quiet back" @click=${() => this.goBack()}>${icons.back} ${texts.say("back")}</button>`
          : html`<span class="brand"><img src="icon.svg" alt="" />${this.app.brandName}</span>`
      }
      ${
        inside && home
          ? html`<button class="quiet" @click=${() => this.go("settings")}>
              ${icons.menu} ${texts.say("settings-title")}
            </button>`
          : nothing
      }
      ${inside ? nothing : this.#language()}
    </header>`;
  }

  /** In the settings too, once there is a wallet. */
  #language(): TemplateResult | typeof nothing {
    if (this.app.phase.is === "starting") return nothing;
    return html`<bauta-language
      .languages=${languages(this.app.offeredLanguages)}
      @bauta-language=${(event: CustomEvent<{ language: string }>) => chooseLanguage(event.detail.language)}
    ></bauta-language>`;
  }

  #screen(): TemplateResult {
    const { app } = this;
    const { phase } = app;
    switch (phase.is) {
      case "starting":
        return html`<div class="row" role="status"><span class="spinner"></span>${texts.say("starting")}</div>`;
      case "elsewhere":
        return html`<wallet-elsewhere .app=${app}></wallet-elsewhere>`;
      case "new":
        return html`<wallet-start .app=${app}></wallet-start>`;
      case "locked":
        return html`<wallet-locked .app=${app}></wallet-locked>`;
      case "gone":
        return html`<wallet-gone .app=${app}></wallet-gone>`;
      case "fault":
        return html`<wallet-fault .app=${app} .error=${phase.error}></wallet-fault>`;
      case "open":
        return this.#place();
    }
  }

  #place(): TemplateResult {
    const { app, spot } = this;
    switch (spot.place) {
      case "home":
        return html`<wallet-home .app=${app}></wallet-home>`;
      case "collect":
        return html`<wallet-collect .app=${app}></wallet-collect>`;
      case "doors":
        return html`<wallet-doors .app=${app}></wallet-doors>`;
      case "show":
        return html`<wallet-show .app=${app} policy=${spot.detail ?? ""}></wallet-show>`;
      case "settings":
        return html`<wallet-settings .app=${app}></wallet-settings>`;
    }
  }

  readonly #gone = (event: CustomEvent<{ place: Place; detail: string | undefined }>): void => {
    const { place, detail } = event.detail;
    if (place === "home") {
      // One way back from everywhere: the browser's does not lead into what is over.
      history.replaceState(HOME, "");
      this.spot = HOME;
      return;
    }
    this.spot = { place, detail };
    history.pushState(this.spot, "");
  };

  readonly #arrived = (event: PopStateEvent): void => {
    this.spot = (event.state as Spot | null) ?? HOME;
  };
}
