import { css, type CSSResult } from "lit";

/** How the scanner looks: a square window with four corners, and below it what can be done. */
export const scannerLook: CSSResult = css`
  .scanner {
    display: grid;
    grid-template-columns: minmax(0, 1fr);
    gap: 0.875rem;
    max-inline-size: 34rem;
    margin-inline: auto;
  }
  .window {
    position: relative;
    display: grid;
    place-items: center;
    inline-size: min(100%, 68dvh);
    min-block-size: 15rem;
    margin-inline: auto;
    border: 1.5px solid var(--bauta-edge);
    border-radius: calc(var(--bauta-radius) * 1.4);
    background: var(--bauta-panel);
    overflow: hidden;
  }
  .window.on {
    aspect-ratio: 1;
    border-color: #000;
    background: #000;
  }
  video {
    position: absolute;
    inset: 0;
    inline-size: 100%;
    block-size: 100%;
    object-fit: cover;
  }
  video[hidden] {
    display: none;
  }
  .corners {
    --gap: min(1rem, 4vw);
  }
  .corners i {
    position: absolute;
    inline-size: min(2.5rem, 10vw);
    block-size: min(2.5rem, 10vw);
    border: 0 solid var(--bauta-accent);
    border-width: 4px 0 0 4px;
    border-radius: 0.75rem 0 0;
    inset: var(--gap) auto auto var(--gap);
  }
  .corners i:nth-child(2) {
    inset: var(--gap) var(--gap) auto auto;
    rotate: 90deg;
  }
  .corners i:nth-child(3) {
    inset: auto var(--gap) var(--gap) auto;
    rotate: 180deg;
  }
  .corners i:nth-child(4) {
    inset: auto auto var(--gap) var(--gap);
    rotate: 270deg;
  }
  .on .corners i {
    border-color: #fff;
    filter: drop-shadow(0 0 2px #000);
  }
  .invitation {
    display: grid;
    gap: 1.25rem;
    justify-items: center;
    padding: clamp(2.75rem, 14vw, 3.75rem) clamp(1rem, 6vw, 1.75rem);
    text-align: center;
  }
  .invitation p {
    max-inline-size: 24rem;
  }
  .drop {
    position: absolute;
    inset: 0;
    display: grid;
    place-items: center;
    padding: 1rem;
    border: 3px dashed var(--bauta-accent);
    border-radius: inherit;
    background: var(--bauta-accent-soft);
    font-weight: 600;
  }
  .controls {
    display: flex;
    flex-wrap: wrap;
    gap: 0.625rem;
    justify-content: center;
  }
  .status {
    text-align: center;
  }
  .on ~ .status {
    min-block-size: 1.5em;
  }
  .problem {
    display: flex;
    gap: 0.5rem;
    align-items: start;
    justify-content: center;
    color: var(--bauta-problem);
  }
  details {
    border-block-start: 1.5px solid var(--bauta-edge);
  }
  summary {
    display: list-item;
    inline-size: fit-content;
    padding-block: 0.625rem;
    font-weight: 600;
    cursor: pointer;
  }
  .ways {
    display: grid;
    grid-template-columns: repeat(auto-fit, minmax(min(100%, 12rem), 1fr));
    gap: 0.75rem;
    padding-block-end: 0.5rem;
  }
  form {
    display: grid;
    grid-column: 1 / -1;
    gap: 0.5rem;
  }
  textarea {
    resize: vertical;
    font-family: ui-monospace, monospace;
    overflow-wrap: anywhere;
  }
  form button {
    justify-self: start;
  }
`;
