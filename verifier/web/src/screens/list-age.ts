import { css, html, nothing, type CSSResultGroup, type TemplateResult } from "lit";
import { customElement } from "lit/decorators.js";

import { texts, timeOf } from "bauta";
import { icons, Part } from "../../../../web/page";
import { now } from "../model/venue";
import { VerifierScreen } from "../verifier-screen";

const LOOK_AGAIN_MS = 30_000;

/** How old the trust list is: said with a word, an icon and a colour. */
@customElement("verifier-list-age")
export class VerifierListAge extends VerifierScreen {
  static override styles: CSSResultGroup = [
    Part.styles,
    css`
      p {
        display: flex;
        align-items: center;
        gap: 0.5rem;
        padding: 0.5rem 0.75rem;
        border-radius: var(--bauta-radius);
        background: var(--bauta-panel);
        border: 1px solid var(--bauta-edge);
        font-size: 0.9375rem;
      }
      p.fresh svg {
        color: var(--bauta-accent);
      }
      p.amber {
        border-color: var(--bauta-warning);
        background: var(--bauta-warning);
        color: var(--bauta-on-warning);
        font-weight: 600;
      }
      p.red {
        border-color: var(--bauta-refused);
        background: var(--bauta-refused);
        color: var(--bauta-on-refused);
        font-weight: 600;
      }
    `,
  ];

  #timer: ReturnType<typeof setInterval> | undefined;

  override connectedCallback(): void {
    super.connectedCallback();
    this.#timer = setInterval(() => this.requestUpdate(), LOOK_AGAIN_MS);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearInterval(this.#timer);
  }

  protected override render(): TemplateResult {
    const { trust } = this.venue;
    if (!trust) return html`${nothing}`;
    const age = now() >= trust.expiresAt ? "red" : now() >= trust.amberAt ? "amber" : "fresh";
    return html`<p class=${age} role="status">
      ${age === "fresh" ? icons.tick : icons.warning}
      <span>${texts.say(`list-${age}`, { time: timeOf(trust.issuedAt) })}</span>
    </p>`;
  }
}
