import { html, svg, type SVGTemplateResult, type TemplateResult } from "lit";

/** Drawn here, one line thick, in the colour of the text around them. They never stand for a word: each has one beside it. */
export function icon(drawing: SVGTemplateResult): TemplateResult {
  return html`<svg
    class="icon"
    viewBox="0 0 24 24"
    fill="none"
    stroke="currentColor"
    stroke-width="2"
    stroke-linecap="round"
    stroke-linejoin="round"
    aria-hidden="true"
    focusable="false"
  >
    ${drawing}
  </svg>`;
}

export const camera = icon(svg`<path d="M4 8h3l2-3h6l2 3h3v11H4z" /><circle cx="12" cy="13" r="3.5" />`);
export const light = icon(svg`<path d="M8 3h8l-1 6v11h-6V9z" /><path d="M8 6h8M12 12v2" />`);
export const turn = icon(svg`<path d="M4 12a8 8 0 0 1 14-5l2 2M20 4v5h-5M20 12a8 8 0 0 1-14 5l-2-2M4 20v-5h5" />`);
export const stop = icon(svg`<rect x="6" y="6" width="12" height="12" rx="1.5" />`);
export const picture = icon(
  svg`<rect x="4" y="5" width="16" height="14" rx="2" /><circle cx="9" cy="10" r="1.5" /><path d="M5 17l5-4 3 2 3-3 3 3" />`,
);
export const clipboard = icon(
  svg`<rect x="6" y="5" width="12" height="15" rx="2" /><path d="M9 5V3h6v2M9 11h6M9 15h4" />`,
);
export const eye = icon(
  svg`<path d="M2.5 12C5 7.500 8.500 5.500 12 5.500s7 2 9.500 6.500c-2.500 4.500-6 6.500-9.500 6.500S5 16.500 2.500 12z" /><circle cx="12" cy="12" r="3" />`,
);
export const nothing = icon(svg`<circle cx="12" cy="12" r="9" /><path d="M6 18L18 6" />`);
export const warning = icon(svg`<path d="M12 3.500L22 20H2z" /><path d="M12 10v4.500M12 17.500v.01" />`);
export const globe = icon(
  svg`<circle cx="12" cy="12" r="9" /><path d="M3 12h18M12 3c3 3 3.500 6 3.500 9s-.500 6-3.500 9c-3-3-3.500-6-3.500-9S9 6 12 3z" />`,
);

/** Three shapes for three verdicts, so that no eye needs the colours: a round tick, a cross in an octagon, a bar in a triangle. */
export const accepted = icon(
  svg`<circle cx="12" cy="12" r="10" /><path d="M7 12.500l3.500 3.500L17 8.500" stroke-width="2.600" />`,
);
export const refused = icon(
  svg`<path d="M8 2h8l6 6v8l-6 6H8l-6-6V8z" /><path d="M8.500 8.500l7 7M15.500 8.500l-7 7" stroke-width="2.600" />`,
);
export const notReady = icon(
  svg`<path d="M12 2.500L23 21.500H1z" /><path d="M12 9.500v5.500M12 18v.01" stroke-width="2.600" />`,
);
