import { svg } from "lit";

import { icon } from "../src/elements/icons.js";

export { camera, eye, globe, stop, warning } from "../src/elements/icons.js";

export const code = icon(
  svg`<rect x="3.500" y="3.500" width="6.500" height="6.500" rx="1" /><rect x="14" y="3.500" width="6.500" height="6.500" rx="1" /><rect x="3.500" y="14" width="6.500" height="6.500" rx="1" /><path d="M14 14h2.500v2.500M20.500 14v.01M14 20.500h.01M18 18v2.500h2.500" />`,
);
export const add = icon(svg`<path d="M12 5v14M5 12h14" />`);
export const back = icon(svg`<path d="M15 5l-7 7 7 7" />`);
export const menu = icon(svg`<path d="M4 7h16M4 12h16M4 17h16" />`);
export const tick = icon(svg`<path d="M5 13l4.500 4.500L19 7" />`);
export const clock = icon(svg`<circle cx="12" cy="12" r="9" /><path d="M12 7v5.500l3.500 2" />`);
export const lock = icon(
  svg`<rect x="5" y="11" width="14" height="9.500" rx="2" /><path d="M8 11V8a4 4 0 0 1 8 0v3" />`,
);
export const person = icon(
  svg`<circle cx="12" cy="8" r="4" /><path d="M4.500 20.500c1-4.500 4-6 7.500-6s6.500 1.500 7.500 6" />`,
);
export const bin = icon(svg`<path d="M4 7h16M9 7V4h6v3M6.500 7l1 13.500h9l1-13.500" />`);
export const save = icon(svg`<path d="M12 4v11M7.500 11l4.500 4.500 4.500-4.500M4.500 20h15" />`);
export const again = icon(svg`<path d="M20 12a8 8 0 1 1-2.300-5.700L20 8.500M20 4v4.500h-4.500" />`);
export const sound = icon(
  svg`<path d="M4 9.500v5h3.500L12 19V5L7.500 9.500zM15.500 9a4.500 4.500 0 0 1 0 6M18 6.500a8 8 0 0 1 0 11" />`,
);
export const silent = icon(svg`<path d="M4 9.500v5h3.500L12 19V5L7.500 9.500zM16 9.500l5 5M21 9.500l-5 5" />`);
export const full = icon(svg`<path d="M4 9V4h5M15 4h5v5M20 15v5h-5M9 20H4v-5" />`);
export const info = icon(svg`<circle cx="12" cy="12" r="9" /><path d="M12 11v5.500M12 7.500v.01" />`);
