import type { CSSResultGroup } from "lit";

import { Part } from "../../../web/page";
import { WalletScreen } from "./wallet-screen";

/** Part of a screen: without the screen's own edges. */
export abstract class WalletPart extends WalletScreen {
  static override styles: CSSResultGroup = Part.styles;
}
