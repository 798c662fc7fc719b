import { css, type CSSResultGroup } from "lit";

import { Screen } from "../../../web/page";
import { WalletScreen } from "./wallet-screen";

/** Part of a screen: without the screen's own edges. */
export abstract class WalletPart extends WalletScreen {
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
