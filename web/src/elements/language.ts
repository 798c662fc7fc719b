import { css, html, LitElement, type CSSResultGroup, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";

import { LANGUAGES, OWN_NAMES, Speaking, texts, type Language } from "../texts/index.js";
import * as icons from "./icons.js";
import { look } from "./look.js";

/**
 * Chooses the language of the page. Each language calls itself by its own name.
 *
 * @fires bauta-language - `detail.language`: the tag of the language that is spoken from now on.
 */
@customElement("bauta-language")
export class BautaLanguage extends LitElement {
  static override styles: CSSResultGroup = [
    look,
    css`
      label {
        display: inline-flex;
        align-items: center;
        gap: 0.375rem;
      }
      select {
        inline-size: auto;
        max-inline-size: 100%;
        padding-inline: 0.5rem;
      }
    `,
  ];

  /** The languages to choose from. */
  @property({ attribute: false }) languages: readonly Language[] = LANGUAGES;

  constructor() {
    super();
    new Speaking(this);
  }

  readonly #chosen = (event: Event): void => {
    const language = (event.target as HTMLSelectElement).value;
    texts.speak(language);
    this.dispatchEvent(new CustomEvent("bauta-language", { detail: { language }, bubbles: true, composed: true }));
  };

  protected override render(): TemplateResult {
    return html`<label lang=${texts.language} dir=${texts.direction}>
      ${icons.globe}<span class="unseen">${texts.say("language-choose")}</span>
      <select @change=${this.#chosen}>
        ${this.languages.map(
          (language) =>
            html`<option value=${language} lang=${language} ?selected=${language === texts.language}>
              ${OWN_NAMES[language]}
            </option>`,
        )}
      </select>
    </label>`;
  }
}
