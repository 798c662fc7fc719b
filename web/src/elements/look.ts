import { css, unsafeCSS, type CSSResult } from "lit";

import theme from "../theme.css?inline";

/** Gives the document the variables of the theme, once, weaker than any of its own. */
export function bringTheme(): void {
  if (typeof CSSStyleSheet === "undefined" || !globalThis.document?.adoptedStyleSheets) return;
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(theme);
  document.adoptedStyleSheets.push(sheet);
}

/** The least size of whatever is tapped: WCAG 2.2 asks for 24 pixels, thumbs ask for more. */
const TARGET = unsafeCSS("2.75rem");

/** What all elements share: letters, buttons, fields, and what only screen readers see. */
export const look: CSSResult = css`
  :host {
    display: block;
    font-family: var(--bauta-font);
    line-height: 1.5;
    overflow-wrap: break-word;
    hyphens: auto;
    color: var(--bauta-text);
  }
  :host([hidden]) {
    display: none;
  }
  *,
  *::before,
  *::after {
    box-sizing: border-box;
  }
  span,
  p {
    min-inline-size: 0;
  }
  p,
  ul,
  h2,
  h3 {
    margin: 0;
  }
  button,
  .button {
    display: inline-flex;
    flex-wrap: wrap;
    align-items: center;
    justify-content: center;
    gap: 0.5rem;
    min-height: ${TARGET};
    min-width: ${TARGET};
    padding: 0.5rem 1.125rem;
    border: 1.5px solid var(--bauta-line);
    border-radius: var(--bauta-radius);
    background: var(--bauta-panel);
    color: var(--bauta-text);
    font: inherit;
    font-weight: 600;
    text-align: center;
    cursor: pointer;
  }
  button:hover,
  .button:hover {
    border-color: var(--bauta-accent);
    background: var(--bauta-accent-soft);
  }
  button.main {
    border-color: var(--bauta-accent);
    background: var(--bauta-accent);
    color: var(--bauta-on-accent);
  }
  button.main:hover {
    background: color-mix(in oklab, var(--bauta-accent) 88%, var(--bauta-text));
  }
  button:disabled {
    border-color: var(--bauta-edge);
    background: var(--bauta-edge);
    color: var(--bauta-muted);
    cursor: not-allowed;
  }
  textarea,
  select,
  input[type="text"] {
    inline-size: 100%;
    min-height: ${TARGET};
    padding: 0.5rem 0.75rem;
    border: 1.5px solid var(--bauta-line);
    border-radius: calc(var(--bauta-radius) * 0.7);
    background: var(--bauta-panel);
    color: var(--bauta-text);
    font: inherit;
  }
  :focus-visible,
  input:focus-visible + .button {
    outline: 3px solid var(--bauta-focus);
    outline-offset: 2px;
  }
  svg.icon {
    flex: none;
    inline-size: 1.5em;
    block-size: 1.5em;
  }
  .unseen {
    position: absolute;
    inline-size: 1px;
    block-size: 1px;
    margin: -1px;
    padding: 0;
    border: 0;
    overflow: hidden;
    clip-path: inset(50%);
    white-space: nowrap;
  }
  @media (prefers-reduced-motion: reduce) {
    *,
    *::before,
    *::after {
      animation: none !important;
      transition: none !important;
    }
  }
`;
