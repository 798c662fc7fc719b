import { html, nothing, type ReactiveController, type ReactiveControllerHost, type TemplateResult } from "lit";

import { dayOf, texts } from "../src/texts/index.js";
import { idFor, wordFor } from "../src/texts/families.js";
import { BautaError } from "../src/error.js";
import * as icons from "./icons.js";

/** Something that a person has asked for and that takes a while: it runs once at a time, and what goes wrong is said in place. */
export class Doing implements ReactiveController {
  #busy = false;
  #failure: unknown;

  constructor(private readonly host: ReactiveControllerHost) {
    host.addController(this);
  }

  hostConnected(): void {}

  get busy(): boolean {
    return this.#busy;
  }

  /** The code of what went wrong. */
  get code(): string | undefined {
    return this.#failure === undefined ? undefined : codeOf(this.#failure);
  }

  /** Whether it went well. */
  async run(act: () => Promise<void>): Promise<boolean> {
    if (this.#busy) return false;
    this.#busy = true;
    this.#failure = undefined;
    this.host.requestUpdate();
    try {
      // So that the screen says it before long computing begins.
      await new Promise((painted) => requestAnimationFrame(() => setTimeout(painted)));
      await act();
      return true;
    } catch (failure) {
      this.#failure = failure;
      return false;
    } finally {
      this.#busy = false;
      this.host.requestUpdate();
    }
  }

  forget(): void {
    this.#failure = undefined;
    this.host.requestUpdate();
  }

  /** What went wrong, in words, where a screen reader says it at once. */
  problem(): TemplateResult {
    const failed = this.#failure !== undefined;
    return html`<div role="alert" ?hidden=${!failed}>${failed ? problem(this.#failure) : nothing}</div>`;
  }

  /** A button that starts it and shows that it runs. */
  button(kind: "main" | "plain" | "danger", words: string, act: () => Promise<void>): TemplateResult {
    return html`<button
      class="${kind} wide"
      aria-busy=${this.#busy}
      ?disabled=${this.#busy}
      @click=${() => void this.run(act)}
    >
      ${this.#busy ? html`<span class="spinner"></span>` : nothing}${words}
    </button>`;
  }
}

/** A box that says what went wrong. */
export function problem(failure: unknown): TemplateResult {
  return html`<div class="notice problem">
    ${icons.warning}
    <p>${sentenceFor(failure)}</p>
  </div>`;
}

/** What went wrong and what to do next, in the language of the page. */
export function sentenceFor(failure: unknown): string {
  const id = idFor("error", codeOf(failure));
  const params = failure instanceof BautaError ? failure.params : {};
  const args = Object.entries(params).map(([name, value]) => [name, said(name, value)] as const);
  return texts.has(id) ? texts.say(id, Object.fromEntries(args)) : texts.say("error-internal");
}

function said(name: string, value: string | number): string | number | ReturnType<typeof dayOf> {
  if (isDay(value)) return dayOf(value);
  return name === "type" && typeof value === "string" ? wordFor(texts, "type", value) : value;
}

function codeOf(failure: unknown): string {
  return failure instanceof BautaError ? failure.code : "internal";
}

function isDay(value: string | number): value is string {
  return typeof value === "string" && /^\d{4}-\d{2}-\d{2}$/.test(value);
}
