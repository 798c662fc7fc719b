import { html, nothing, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";

import { dayOf, texts, timeOf, wordFor } from "bauta";
import { Doing, icons } from "../../../../web/page";
import type { AskingBy } from "../model/messages";
import { now, type ChosenPoster } from "../model/venue";
import { VerifierScreen } from "../verifier-screen";

/** Before a poster opens nobody can have come in by it. Clocks may be some minutes wrong. */
const CLOCKS_DIFFER_SECONDS = 10 * 60;

type Read = NonNullable<ChosenPoster["read"]>;

/** The poster that hangs at the entrance: found, looked at, and asked by. */
@customElement("verifier-poster")
export class VerifierPoster extends VerifierScreen {
  @property({ attribute: false }) phase!: ChosenPoster;

  readonly #reading = new Doing(this);

  protected override updated(changed: Map<PropertyKey, unknown>): void {
    const before = changed.get("phase") as ChosenPoster | undefined;
    if (before && before.read !== this.phase.read) void this.begin();
  }

  protected override render(): TemplateResult {
    return this.phase.read ? this.#look(this.phase.read) : this.#find();
  }

  #find(): TemplateResult {
    const read = (text: string) => void this.#reading.run(() => this.venue.readPoster(text));
    return html`
      <h1 tabindex="-1">${texts.say("poster-title")}</h1>
      <div class="stack">
        <p>${texts.say("poster-help")}</p>
        ${this.#reading.problem()}
        <bauta-scanner @bauta-code=${(event: CustomEvent<{ text: string }>) => read(event.detail.text)}></bauta-scanner>
        <button class="wide" @click=${() => this.venue.choose()}>${icons.back} ${texts.say("back")}</button>
      </div>
    `;
  }

  /** Signed by its organiser, whom the authority has certified; whether it is the one that hangs here, a person sees. */
  #look({ text, poster, policy }: Read): TemplateResult {
    const purpose = texts.choose(poster.purpose);
    return html`
      <h1 tabindex="-1">${texts.say("poster-check")}</h1>
      <div class="stack">
        <article class="card">
          <h2>${wordFor(texts, "policy", policy.name)}</h2>
          <dl>
            <dt>${texts.say("poster-organiser")}</dt>
            <dd><bdi>${poster.organiser}</bdi></dd>
            <dt>${texts.say("poster-day")}</dt>
            <dd>${texts.say("poster-value-day", { day: dayOf(poster.eventDay) })}</dd>
            <dt>${texts.say("poster-from")}</dt>
            <dd>${texts.say("poster-value-time", { time: timeOf(poster.opens) })}</dd>
            <dt>${texts.say("poster-until")}</dt>
            <dd>${texts.say("poster-value-time", { time: timeOf(poster.closes) })}</dd>
            ${
              purpose
                ? html`<dt>${texts.say("poster-why")}</dt>
                    <dd lang=${purpose.language} dir="auto">${purpose.text}</dd>`
                : nothing
            }
          </dl>
        </article>
        ${this.#open({ text, poster, policy })}
        <button class="wide" @click=${() => this.venue.lookForPoster()}>${texts.say("poster-other")}</button>
        <button class="wide" @click=${() => this.venue.choose()}>${icons.back} ${texts.say("back")}</button>
      </div>
    `;
  }

  /** Where guests are told apart, a door must know who came in before. Of a poster that is open already only a person can say so. */
  #open({ text, poster, policy }: Read): TemplateResult {
    const open = (before: (AskingBy & { way: "poster" })["before"]) => () =>
      this.venue.ask(policy, { way: "poster", text, before });
    if (policy.pseudonyms === "none" || now() < poster.opens - CLOCKS_DIFFER_SECONDS) {
      return html`<button class="main wide" @click=${open("unknown")}>${texts.say("poster-open")}</button>`;
    }
    return html`
      <div class="notice amber">
        ${icons.warning}
        <div>
          <p><strong>${texts.say("poster-before")}</strong></p>
          <p>${texts.say("poster-before-help")}</p>
        </div>
      </div>
      <button class="main wide" @click=${open("nobody_came")}>${texts.say("poster-nobody")}</button>
      <button class="wide" @click=${open("unknown")}>${texts.say("poster-somebody")}</button>
    `;
  }
}
