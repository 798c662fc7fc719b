import { html, nothing, type TemplateResult } from "lit";
import { customElement, query, state } from "lit/decorators.js";

import { texts } from "bauta";
import type { Person } from "bauta/store";
import { Doing, icons } from "../../../../web/page";
import { WalletPart } from "../part";

/** The people of this phone: each has a wallet of their own. Their names stay here. */
@customElement("wallet-people")
export class WalletPeople extends WalletPart {
  @query("input.new") private readonly added!: HTMLInputElement;
  @state() private changing: string | undefined;
  @state() private removing: string | undefined;
  readonly #doing = new Doing(this);

  protected override render(): TemplateResult {
    const { people } = this.app.household;
    return html`<div class="stack">
      <p class="muted">${texts.say("people-help")}</p>
      <ul class="plain stack">
        ${people.map((person) => html`<li>${this.#person(person, people.length > 1)}</li>`)}
      </ul>
      ${this.#doing.problem()}
      <form @submit=${this.#add}>
        <div class="field">
          <label for="new">${texts.say("people-name")}</label>
          <input id="new" class="new" type="text" required maxlength="40" autocomplete="off" />
        </div>
        <button ?disabled=${this.#doing.busy}>${icons.add} ${texts.say("people-add")}</button>
      </form>
    </div>`;
  }

  #person(person: Person, others: boolean): TemplateResult {
    if (this.changing === person.id) return this.#name(person);
    if (this.removing === person.id) return this.#sure(person);
    const here = person.id === this.app.household.current?.id;
    return html`<div class="row">
      <strong class="grow"
        >${person.label}${here && others ? html` <span class="muted">${texts.say("people-here")}</span>` : nothing}</strong
      >
      ${
        others && !here
          ? html`<button @click=${() => this.#choose(person)}>
              ${texts.say("people-choose", { person: person.label })}
            </button>`
          : nothing
      }
      <button @click=${() => (this.changing = person.id)}>
        ${texts.say("people-rename", { person: person.label })}
      </button>
      ${
        others
          ? html`<button class="danger" @click=${() => (this.removing = person.id)}>
              ${texts.say("people-remove", { person: person.label })}
            </button>`
          : nothing
      }
    </div>`;
  }

  #name(person: Person): TemplateResult {
    return html`<form @submit=${(event: SubmitEvent) => this.#rename(event, person)}>
      <div class="field">
        <label for="name">${texts.say("people-name")}</label>
        <input id="name" name="name" type="text" required maxlength="40" autocomplete="off" .value=${person.label} />
      </div>
      <button class="main">${texts.say("people-save")}</button>
    </form>`;
  }

  #sure(person: Person): TemplateResult {
    return html`<div class="stack" role="group" aria-label=${texts.say("people-remove", { person: person.label })}>
      <p>${texts.say("people-remove-sure", { person: person.label })}</p>
      <button class="danger" @click=${() => this.#remove(person)}>${texts.say("remove-yes")}</button>
      <button @click=${() => (this.removing = undefined)}>${texts.say("keep")}</button>
    </div>`;
  }

  readonly #add = (event: SubmitEvent): void => {
    event.preventDefault();
    const label = this.added.value.trim();
    if (label === "") return;
    void this.#doing.run(async () => {
      await this.app.add(label);
      this.added.value = "";
    });
  };

  #choose(person: Person): void {
    this.app.household.choose(person.id);
    this.app.changed();
  }

  #rename(event: SubmitEvent, person: Person): void {
    event.preventDefault();
    const label = String(new FormData(event.target as HTMLFormElement).get("name")).trim();
    if (label === "") return;
    void this.#doing.run(async () => {
      await this.app.household.rename(person, label);
      this.changing = undefined;
      this.app.changed();
    });
  }

  #remove(person: Person): void {
    void this.#doing.run(async () => {
      await this.app.household.remove(person);
      this.removing = undefined;
      this.app.changed();
    });
  }
}
