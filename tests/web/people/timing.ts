// How long a page takes, without what the machine was too busy for.

import type { Page } from "playwright-core";

/** What is measured from. */
type From = "bauta-code" | "now";

export interface Measured {
  /** Milliseconds from the beginning until a verdict stood there. */
  verdict: number;
  /** How late a timer of the page was meanwhile, at worst: that is the machine's, not the page's. */
  late: number;
}

/** Begins to measure how soon a verdict stands on the screen; gives back a way to wait for it. */
export async function untilVerdict(page: Page, from: From): Promise<() => Promise<Measured>> {
  await page.evaluate(measure, from);
  return () => page.evaluate(() => (globalThis as unknown as { measured: Promise<Measured> }).measured);
}

/** Runs in the page. */
function measure(from: From): void {
  const host = globalThis as unknown as { measured: Promise<Measured> };
  host.measured = new Promise((resolve) => {
    let begun = performance.now();
    let [last, late] = [begun, 0];
    const beat = setInterval(() => {
      late = Math.max(late, performance.now() - last - 10);
      last = performance.now();
    }, 10);
    if (from === "bauta-code") {
      const read = () => ([begun, late] = [performance.now(), 0]);
      document.addEventListener("bauta-code", read, { capture: true, once: true });
    }
    const within = (root: Document | ShadowRoot): HTMLDialogElement | undefined => {
      for (const element of root.querySelectorAll("*")) {
        const found = element.matches("bauta-verdict") ? element.shadowRoot?.querySelector("dialog") : null;
        const deeper = found ?? (element.shadowRoot && within(element.shadowRoot));
        if (deeper) return deeper;
      }
      return undefined;
    };
    const dialog = within(document);
    if (!dialog) throw new Error("this page gives no verdicts");
    const watch = new MutationObserver(() => {
      if (!dialog.open) return;
      watch.disconnect();
      clearInterval(beat);
      resolve({ verdict: performance.now() - begun, late: Math.max(late, performance.now() - last - 10) });
    });
    watch.observe(dialog, { attributes: true });
  });
}
