import { css, html, nothing, type CSSResultGroup, type PropertyValues, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";

import { texts, type Learned, type Make } from "bauta";
import type { PolicyView } from "bauta/wallet";
import { icons, problem, Screen } from "../../../../web/page";
import { now } from "../model/household";
import { WalletScreen } from "../wallet-screen";

/** First what the door will learn, then, if the person wants that, the code. */
@customElement("wallet-show")
export class WalletShow extends WalletScreen {
  static override styles: CSSResultGroup = [
    Screen.styles,
    css`
      :host([showing]) {
        max-inline-size: 48rem;
        padding-inline: 0;
      }
      :host([showing]) button.done {
        margin-inline: 1rem;
        inline-size: calc(100% - 2rem);
      }
    `,
  ];

  /** Which policy. */
  @property() policy = "";
  @property({ type: Boolean, reflect: true }) showing = false;
  @state() private failure: unknown;

  #asked: { view: PolicyView; learns: readonly Learned[] } | undefined;
  #make: Make | undefined;

  protected override willUpdate(changed: PropertyValues): void {
    if (changed.has("policy")) this.#ask();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.app.showing = false;
  }

  protected override render(): TemplateResult {
    if (this.failure !== undefined)
      return html`<h1 tabindex="-1">${texts.say("show-title")}</h1>
        ${problem(this.failure)}`;
    return this.showing ? this.#pass() : this.#consent();
  }

  #ask(): void {
    const person = this.app.household.current;
    if (!person) return;
    try {
      const wallet = this.app.household.wallet(person.id);
      const view = wallet.policies(now()).find(({ id }) => id === this.policy);
      if (view) this.#asked = { view, learns: wallet.learns(view.id, now()) };
      // Taken from the household each time: a renewal in the background puts another wallet in its place.
      this.#make = () => this.app.household.wallet(person.id).show(this.policy, now());
    } catch (failure) {
      this.failure = failure;
    }
  }

  #consent(): TemplateResult {
    if (!this.#asked) return html`${nothing}`;
    const { view, learns } = this.#asked;
    return html`
      <h1 tabindex="-1" class="unseen">${texts.say("show-title")}</h1>
      <bauta-consent
        policy=${view.name}
        .purpose=${view.purpose}
        .learns=${learns}
        @bauta-confirm=${this.#show}
        @bauta-cancel=${() => this.goBack()}
      ></bauta-consent>
    `;
  }

  #pass(): TemplateResult {
    const specimen = this.#asked?.view.specimen ?? false;
    return html`
      <h1 tabindex="-1" class="unseen">${texts.say("show-title")}</h1>
      <div class="stack">
        <bauta-pass .make=${this.#make} ?specimen=${specimen}></bauta-pass>
        <button class="done" @click=${() => this.go("home")}>${icons.tick} ${texts.say("show-done")}</button>
      </div>
    `;
  }

  readonly #show = (): void => {
    this.app.showing = true;
    this.showing = true;
    void this.begin();
  };
}
