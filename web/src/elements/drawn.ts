import { html, type TemplateResult } from "lit";

import type { Picture } from "../terms.js";
import { drawingOf } from "./minute.js";

/** A code in black, as large as it is allowed to be. Whoever shows it gives it a white ground and a name. */
export function drawn(picture: Picture, name: string): TemplateResult {
  const { path, side } = drawingOf(picture);
  return html`<svg
    class="code"
    viewBox="0 0 ${side} ${side}"
    shape-rendering="crispEdges"
    role="img"
    aria-label=${name}
  >
    <path d=${path} fill="#000" />
  </svg>`;
}
