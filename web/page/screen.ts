// What all screens of both pages share.

import { css, LitElement, type CSSResult, type CSSResultGroup } from "lit";
import { look } from "../src/elements/look.js";
import { Speaking } from "../src/texts/index.js";

/** The parts that screens are made of: headings, cards, rows, fields, notices. Sizes are in rem: they grow with the person's text size. */
export const screenLook: CSSResult = css`
  :host {
    inline-size: 100%;
    max-inline-size: 40rem;
    margin-inline: auto;
    padding: 0.5rem 1rem 2.5rem;
  }
  h1 {
    margin: 0.75rem 0 1rem;
    font-size: 1.625rem;
    line-height: 1.25;
    letter-spacing: -0.01em;
    text-wrap: balance;
  }
  /* Only moved to so that a screen reader begins there. */
  h1:focus {
    outline: none;
  }
  h2 {
    font-size: 1.125rem;
    line-height: 1.35;
  }
  .stack {
    display: grid;
    gap: 1rem;
  }
  .stack > * {
    min-inline-size: 0;
  }
  .card {
    display: grid;
    gap: 0.75rem;
    padding: 1.125rem;
    border: 1px solid var(--bauta-edge);
    border-radius: calc(var(--bauta-radius) * 1.25);
    background: var(--bauta-panel);
  }
  .lead {
    font-size: 1.125rem;
  }
  .muted {
    color: var(--bauta-muted);
  }
  .small {
    font-size: 0.9375rem;
  }
  .row {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 0.75rem;
  }
  .row > .grow {
    flex: 1 1 12rem;
    min-inline-size: 0;
  }
  .wide {
    inline-size: 100%;
  }
  .notice {
    display: grid;
    grid-template-columns: auto 1fr;
    gap: 0.75rem;
    padding: 0.875rem 1rem;
    border-radius: var(--bauta-radius);
    background: var(--bauta-accent-soft);
    overflow-wrap: anywhere;
  }
  .notice > :not(svg) {
    grid-column: 2;
  }
  .notice.problem {
    background: var(--bauta-panel);
    border: 1.5px solid var(--bauta-problem);
  }
  .notice.problem > svg {
    color: var(--bauta-problem);
  }
  .notice.amber {
    background: var(--bauta-warning);
    color: var(--bauta-on-warning);
  }
  form {
    display: grid;
    gap: 1rem;
  }
  .field {
    display: grid;
    gap: 0.25rem;
  }
  .field > label {
    font-weight: 600;
  }
  input[type="password"],
  input[type="file"] {
    inline-size: 100%;
    min-height: 2.75rem;
    padding: 0.5rem 0.75rem;
    border: 1.5px solid var(--bauta-line);
    border-radius: calc(var(--bauta-radius) * 0.7);
    background: var(--bauta-panel);
    color: var(--bauta-text);
    font: inherit;
  }
  input[type="checkbox"] {
    inline-size: 1.5rem;
    block-size: 1.5rem;
    margin: 0;
    accent-color: var(--bauta-accent);
  }
  dl {
    display: grid;
    /* Dutch names of facts have long words, which stay whole in half of a phone's width. */
    grid-template-columns: repeat(2, minmax(0, 1fr));
    gap: 0.5rem 1rem;
    margin: 0;
  }
  dt {
    color: var(--bauta-muted);
    hyphens: auto;
  }
  dd {
    margin: 0;
    overflow-wrap: anywhere;
  }
  ul.plain {
    padding: 0;
    list-style: none;
  }
  details > summary {
    min-height: 2.75rem;
    padding-block: 0.5rem;
    cursor: pointer;
    font-weight: 600;
  }
  button.danger {
    border-color: var(--bauta-problem);
    color: var(--bauta-problem);
  }
  button[aria-pressed="true"] {
    border-color: var(--bauta-accent);
    background: var(--bauta-accent-soft);
  }
  button.quiet {
    border-color: transparent;
    background: none;
    color: var(--bauta-accent);
  }
  button.quiet:hover {
    background: var(--bauta-accent-soft);
  }
  .spinner {
    inline-size: 1.5rem;
    block-size: 1.5rem;
    border: 3px solid var(--bauta-edge);
    border-block-start-color: var(--bauta-accent);
    border-radius: 50%;
    animation: turn 1s linear infinite;
  }
  @keyframes turn {
    to {
      rotate: 360deg;
    }
  }
  @media (prefers-reduced-motion: reduce) {
    .spinner {
      border-block-end-color: var(--bauta-accent);
    }
  }
`;

/** The whole page: a bar with the name of the place on top, and one screen below it. */
export const pageLook: CSSResult = css`
  :host {
    max-inline-size: none;
    min-block-size: 100dvh;
    padding: 0;
    background: var(--bauta-ground);
  }
  header {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    justify-content: space-between;
    gap: 0.5rem;
    max-inline-size: 40rem;
    margin-inline: auto;
    padding: 0.625rem 0.75rem 0;
  }
  .brand {
    display: flex;
    align-items: center;
    gap: 0.5rem;
    padding-inline-start: 0.25rem;
    font-weight: 700;
    font-size: 1.125rem;
  }
  .brand img {
    inline-size: 2rem;
    block-size: 2rem;
  }
`;

/** One screen: speaks the language of the page and begins with its heading. */
export abstract class Screen extends LitElement {
  static override styles: CSSResultGroup = [look, screenLook];

  constructor() {
    super();
    new Speaking(this);
  }

  /** Puts a screen reader, and the keyboard, at the beginning. */
  async begin(): Promise<void> {
    await this.updateComplete;
    this.renderRoot.querySelector<HTMLElement>("h1")?.focus();
    this.scrollIntoView({ block: "start" });
  }
}

/** Part of a screen: without the edges of one. */
export abstract class Part extends Screen {
  static override styles: CSSResultGroup = [
    Screen.styles,
    css`
      :host {
        padding: 0;
        max-inline-size: none;
      }
    `,
  ];
}
