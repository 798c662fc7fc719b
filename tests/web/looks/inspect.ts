// What must hold on every screen, in every state, in every language (WCAG 2.2, level AA, and a little more).

import axe from "axe-core";
import type { Page } from "playwright-core";

/** WCAG 2.2, 1.4.10: a column of 320 pixels without scrolling sideways. */
const NARROW = { width: 320, height: 640 };
/** 2.5.8: at least so many pixels each way. */
const LEAST_TARGET = 24;

/** Everything that is wrong with a page as it stands now; an empty list is what is wanted. */
export async function faultsOf(page: Page): Promise<string[]> {
  const usual = page.viewportSize() ?? NARROW;
  const faults = await violations(page);
  faults.push(...(await inTheDark(page)));
  faults.push(...(await page.evaluate(smallTargets, LEAST_TARGET)), ...(await page.evaluate(unwantedMotion)));
  await page.setViewportSize(NARROW);
  faults.push(...(await page.evaluate(overflowing, "at 320 pixels")));
  // 1.4.4: text twice as large, on a screen of 640 by 1280: as much room for each letter, and nothing fixed in pixels.
  await page.setViewportSize({ width: 2 * NARROW.width, height: 2 * NARROW.height });
  await page.evaluate(() => document.documentElement.style.setProperty("font-size", "200%"));
  faults.push(...(await page.evaluate(overflowing, "with text of 200 %")));
  await page.evaluate(() => document.documentElement.style.removeProperty("font-size"));
  await page.setViewportSize(usual);
  return faults;
}

/** Words on the screen, or for a screen reader, that no text in the pseudo-language gives: nobody could translate them. */
export async function untranslated(page: Page): Promise<string[]> {
  const said = await page.evaluate(wordsOnScreen);
  return said.filter((words) => /\p{L}{2}/u.test(words) && !PSEUDO_LETTERS.test(words));
}

/** In every text of the pseudo-language there is one of these. */
const PSEUDO_LETTERS = /[åéîöûýñçšžÅÉÎÖÛÝÑÇŠŽ~]/;

/** Runs in the page. */
function wordsOnScreen(): string[] {
  const found = new Set<string>();
  const look = (root: Node): void => {
    for (const node of root.childNodes) {
      if (node instanceof Text) {
        const words = node.data.replaceAll(/[\u2068\u2069]/g, "").trim();
        if (words !== "" && node.parentElement?.checkVisibility() !== false) found.add(words);
      }
      // Texts of others say in which language they are: purposes from signed data, and names of languages.
      if (!(node instanceof Element) || node.matches("style, script, option, [lang]:not([lang='en-XA'])")) continue;
      for (const name of ["aria-label", "alt", "placeholder", "title"]) {
        const words = node.getAttribute(name) ?? "";
        if (words !== "") found.add(words);
      }
      if (node.shadowRoot) look(node.shadowRoot);
      look(node);
    }
  };
  look(document.body);
  return [...found];
}

/** What does not fit into a narrow page. */
export async function tooWide(page: Page): Promise<string[]> {
  return page.evaluate(overflowing, `at ${page.viewportSize()?.width} pixels`);
}

/** The other colours, of which only the contrast can be wrong. */
async function inTheDark(page: Page): Promise<string[]> {
  await page.emulateMedia({ colorScheme: "dark" });
  const found = await violations(page, ["color-contrast"]);
  await page.emulateMedia({ colorScheme: null });
  return found.map((fault) => `in the dark: ${fault}`);
}

/** What axe-core finds. */
async function violations(page: Page, rules?: string[]): Promise<string[]> {
  // Through the debugger, which no content security policy stops.
  await page.evaluate(`globalThis.axe ?? (() => { ${axe.source} })(); undefined`);
  // What stands in frames has pages, and tests, of its own.
  const options: axe.RunOptions = { iframes: false, ...(rules ? { runOnly: { type: "rule", values: rules } } : {}) };
  const { violations } = await page.evaluate(
    (options) => (globalThis as unknown as { axe: typeof axe }).axe.run(options),
    options,
  );
  return violations.flatMap((violation) =>
    violation.nodes.map((node) => `${violation.id}: ${node.target.flat().join(" ")}: ${node.failureSummary ?? ""}`),
  );
}

/** Runs in the page. */
function smallTargets(least: number): string[] {
  const found: string[] = [];
  const look = (root: Document | ShadowRoot): void => {
    for (const element of root.querySelectorAll<HTMLElement>("*")) {
      if (element.shadowRoot) look(element.shadowRoot);
      if (!element.matches("button, a[href], input, select, textarea, summary, [role=button]")) continue;
      const { width, height } = element.getBoundingClientRect();
      const seen = element.checkVisibility({ opacityProperty: true, visibilityProperty: true });
      // Fields that are hidden for the eye have a label that is touched instead.
      if (!seen || element.matches(".unseen") || element.closest("[inert]")) continue;
      if (width < least || height < least) {
        found.push(`target of ${Math.round(width)} by ${Math.round(height)}: ${element.outerHTML.slice(0, 120)}`);
      }
    }
  };
  look(document);
  return found;
}

/** Runs in the page: what moves although the person has asked that nothing does. */
function unwantedMotion(): string[] {
  if (!matchMedia("(prefers-reduced-motion: reduce)").matches) return [];
  const found = new Set<string>();
  const look = (root: Document | ShadowRoot): void => {
    for (const animation of root.getAnimations()) {
      const { effect } = animation;
      const moves = animation.playState === "running" && Number(effect?.getComputedTiming().duration) > 0;
      const target = effect instanceof KeyframeEffect ? effect.target : undefined;
      if (moves) found.add(`moves: ${target?.outerHTML.slice(0, 120)}`);
    }
    for (const { shadowRoot } of root.querySelectorAll("*")) if (shadowRoot) look(shadowRoot);
  };
  look(document);
  return [...found];
}

/** Runs in the page: what is wider than the page, or than a box that shows no more than fits into it. */
function overflowing(when: string): string[] {
  const room = document.documentElement.clientWidth;
  const [beside, within]: [string[], string[]] = [[], []];
  const look = (root: Document | ShadowRoot): void => {
    for (const element of root.querySelectorAll("*")) {
      if (element.shadowRoot) look(element.shadowRoot);
      const name = element.outerHTML.slice(0, 120);
      const { left, right } = element.getBoundingClientRect();
      if (right > room + 1 || left < -1) beside.push(`${when}, ${name} is wider than the page`);
      // Fields move their text under the cursor, and what is for screen readers alone has one pixel.
      if (element.matches("html, input, select, textarea, .unseen")) continue;
      const { overflowX, overflowY } = getComputedStyle(element);
      const wide = overflowX !== "visible" && element.scrollWidth > element.clientWidth + 1;
      const high = /hidden|clip/.test(overflowY) && element.scrollHeight > element.clientHeight + 1;
      if (wide || high) within.push(`${when}, ${name} cuts off what is in it`);
    }
  };
  look(document);
  if (document.documentElement.scrollWidth <= room) return within;
  return [...within, beside.at(-1) ?? `${when}, the page scrolls sideways`];
}
