import type { PropertyValues } from "lit";
import { property } from "lit/decorators.js";

import { Screen } from "../../../web/page";
import type { App } from "./model/app";

/** Where a person can go. */
export type Place = "home" | "collect" | "doors" | "show" | "settings";

/** A screen of the wallet: drawn again whenever something has changed. */
export abstract class WalletScreen extends Screen {
  @property({ attribute: false }) app!: App;

  readonly #again = () => this.requestUpdate();

  override connectedCallback(): void {
    super.connectedCallback();
    this.app.addEventListener("change", this.#again);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.app.removeEventListener("change", this.#again);
  }

  /** What was taken from the page a moment ago is not drawn once more: it may show a wallet that has been locked or removed. */
  protected override shouldUpdate(_changed: PropertyValues): boolean {
    return this.isConnected;
  }

  protected go(place: Place, detail?: string): void {
    this.dispatchEvent(new CustomEvent("wallet-go", { detail: { place, detail }, bubbles: true, composed: true }));
  }

  protected goBack(): void {
    history.back();
  }
}

declare global {
  interface HTMLElementEventMap {
    "wallet-go": CustomEvent<{ place: Place; detail: string | undefined }>;
  }
}
