import { css, html, nothing, type CSSResultGroup, type PropertyValues, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";

import { texts, type Learned, type Make } from "bauta";
import { BautaError, type AskView, type Showing } from "bauta/wallet";
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

  /** Which policy; without one, what was scanned. */
  @property() policy = "";
  @property({ type: Boolean, reflect: true }) showing = false;
  @state() private failure: unknown;
  /** Why there is no code now. */
  @state() private trouble: unknown;
  /** The only code to what a screen showed is over. */
  @state() private over = false;

  #asked: { view: AskView; learns: readonly Learned[] } | undefined;
  #make: Make | undefined;

  protected override willUpdate(changed: PropertyValues): void {
    if (changed.has("policy")) this.#ask();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.app.showing = false;
    this.app.scanned = undefined;
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
      // Taken from the household each time: a renewal in the background puts another wallet in its place.
      const wallet = () => this.app.household.wallet(person.id);
      if (this.policy !== "") {
        const policy = wallet()
          .policies(now())
          .find(({ id }) => id === this.policy);
        if (policy) {
          this.#asked = { view: { policy, way: "one_way", poster: null }, learns: wallet().learns(policy.id, now()) };
        }
        this.#make = () => this.#made(() => wallet().show(this.policy, now()));
        return;
      }
      const ask = this.app.scanned;
      // Gone after a reload, or when somebody goes forward to where it was answered.
      if (!ask) throw new BautaError("question_malformed");
      this.#asked = { view: wallet().askView(ask, now()), learns: wallet().learnsFrom(ask, now()) };
      this.#make = () => this.#made(() => wallet().answer(ask, now()));
    } catch (failure) {
      this.failure = failure;
    }
  }

  #made(make: () => Showing): Showing {
    const showing = make();
    this.trouble = undefined;
    return showing;
  }

  #consent(): TemplateResult {
    if (!this.#asked) return html`${nothing}`;
    const { view, learns } = this.#asked;
    return html`
      <h1 tabindex="-1" class="unseen">${texts.say("show-title")}</h1>
      <bauta-consent
        policy=${view.policy.name}
        way=${view.way}
        .poster=${view.poster}
        .purpose=${view.policy.purpose}
        .learns=${learns}
        @bauta-confirm=${this.#show}
        @bauta-cancel=${() => this.goBack()}
      ></bauta-consent>
    `;
  }

  #pass(): TemplateResult {
    const specimen = this.#asked?.view.policy.specimen ?? false;
    const once = this.#asked?.view.way === "nonce";
    return html`
      <h1 tabindex="-1" class="unseen">${texts.say("show-title")}</h1>
      <div class="stack">
        <bauta-pass
          .make=${this.#make}
          ?specimen=${specimen}
          ?once=${once}
          @bauta-over=${() => (this.over = true)}
          @bauta-fault=${this.#failed}
        ></bauta-pass>
        ${this.trouble === undefined ? nothing : problem(this.trouble)}
        ${
          once
            ? html`<button class="done ${this.over ? "main" : ""}" @click=${() => this.goBack()}>
                ${icons.camera} ${texts.say("show-scan-again")}
              </button>`
            : nothing
        }
        <button class="done" @click=${() => this.go("home")}>${icons.tick} ${texts.say("show-done")}</button>
      </div>
    `;
  }

  /** A poster closes, a day ends, a pass is outdated: then that is said, and not only that there is no code. */
  readonly #failed = (event: CustomEvent<{ reason: unknown }>): void => {
    this.trouble = event.detail.reason;
  };

  readonly #show = (): void => {
    this.app.showing = true;
    this.showing = true;
    void this.begin();
  };
}
