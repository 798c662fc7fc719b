import { html, nothing, type TemplateResult } from "lit";
import { customElement, state } from "lit/decorators.js";

import { dayOf, texts, wordFor } from "bauta";
import type { RecordView } from "bauta/wallet";
import { Doing } from "../../../../web/page";
import { WalletPart } from "../part";

/** Which records to keep, and whether passes carry the hint. */
@customElement("wallet-records")
export class WalletRecords extends WalletPart {
  @state() private forgetting: number | undefined;
  readonly #doing = new Doing(this);

  protected override render(): TemplateResult {
    const person = this.app.household.current;
    if (!person) return html`${nothing}`;
    const wallet = this.app.household.wallet(person.id);
    const records = wallet.records();
    return html`<div class="stack">
      ${records.length === 0 ? html`<p class="muted">${texts.say("records-none")}</p>` : nothing}
      ${records.map((record) => this.#record(record))} ${this.#doing.problem()}
      <label class="row">
        <input
          type="checkbox"
          .checked=${wallet.hintWish}
          ?disabled=${this.#doing.busy}
          aria-describedby="hint-help"
          @change=${this.#wish}
        />
        <span class="grow">${texts.say("records-hint")}</span>
      </label>
      <p id="hint-help" class="muted small">${texts.say("records-hint-help")}</p>
    </div>`;
  }

  #record(record: RecordView): TemplateResult {
    const name = wordFor(texts, "type", record.type);
    const until = record.validUntil ? texts.say("record-valid-until", { day: dayOf(record.validUntil) }) : "";
    if (this.forgetting === record.index) {
      return html`<div class="stack" role="group" aria-label=${texts.say("records-forget", { record: name })}>
        <p>${texts.say("records-forget-sure", { record: name })}</p>
        <button class="danger" @click=${() => this.#forget(record.index)}>${texts.say("remove-yes")}</button>
        <button @click=${() => (this.forgetting = undefined)}>${texts.say("keep")}</button>
      </div>`;
    }
    return html`<div class="row">
      <span class="grow"><strong>${name}</strong> <span class="muted">${until}</span></span>
      <button class="danger" @click=${() => (this.forgetting = record.index)}>
        ${texts.say("records-forget", { record: name })}
      </button>
    </div>`;
  }

  #forget(index: number): void {
    const person = this.app.household.current;
    if (!person) return;
    void this.#doing.run(async () => {
      await this.app.household.change(person, (wallet) => wallet.forget(index));
      this.forgetting = undefined;
      this.app.changed();
    });
  }

  /** The wish is kept at once; passes with or without the hint come with the renewal that follows. */
  readonly #wish = (event: Event): void => {
    const person = this.app.household.current;
    const wished = (event.target as HTMLInputElement).checked;
    if (!person) return;
    void this.#doing.run(async () => {
      await this.app.household.change(person, (wallet) => (wallet.hintWish = wished));
      await this.app.renew(person);
    });
  };
}
