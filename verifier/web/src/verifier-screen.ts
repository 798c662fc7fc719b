import { property } from "lit/decorators.js";

import { Screen } from "../../../web/page";
import type { Venue } from "./model/venue";

/** One screen of the verifier: drawn again whenever something has changed. */
export abstract class VerifierScreen extends Screen {
  @property({ attribute: false }) venue!: Venue;

  readonly #again = () => this.requestUpdate();

  override connectedCallback(): void {
    super.connectedCallback();
    this.venue.addEventListener("change", this.#again);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.venue.removeEventListener("change", this.#again);
  }
}
