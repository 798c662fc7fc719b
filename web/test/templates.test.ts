import { expect, test } from "vitest";

import { source, sources, WEB } from "./sources.js";
import { writtenIn } from "./uses.js";

test("no template has words of its own", () => {
  const files = sources(WEB, ".ts");
  expect(files.length).toBeGreaterThan(15);
  expect(files.flatMap(({ path, text }) => writtenIn(text).map((words) => `${path}: ${words}`))).toEqual([]);
});

test("words in a template are found, however deep", () => {
  const planted = [
    "html`<p>Hello</p>`",
    'html`<p>${x ? html`<b class="c">Hello</b>` : nothing}</p>`',
    'html`<button aria-label="Close">${icon}</button>`',
    'html`<img alt="A ${"code"} here" />`',
    "svg`<title>Hello</title>`",
    "html`<p>${texts.say(`a-${b}`)} Hello</p>`",
  ];
  for (const source of planted) expect(writtenIn(source), source).toHaveLength(1);
});

test("what only machines read is no text", () => {
  const clean = [
    'html`<p class="hello" lang=${x}>${texts.say("hello")}</p>`',
    "html`<!-- a remark --><i></i>`",
    'const words = "<p>Hello</p>"; // html is not meant',
    "css`p { color: red }`",
    'html`<svg viewBox="0 0 ${side} ${side}"><path d="M0 0h1" /></svg>`',
  ];
  for (const source of clean) expect(writtenIn(source), source).toEqual([]);
});

test("outside the files of texts there is a name for the page to be installed under, and no other word", () => {
  const [wallet, verifier] = ["wallet", "verifier"].map((page) => {
    const manifest = JSON.parse(source(`${page}/web/public/manifest.webmanifest`)) as Record<string, string>;
    // Members that a person reads, by the standard.
    expect(["description", "shortcuts", "screenshots"].filter((member) => member in manifest)).toEqual([]);
    return [manifest["name"], manifest["short_name"]];
  });
  expect([wallet, verifier]).toEqual([
    ["Bauta wallet", "Bauta"],
    ["Bauta verifier", "Bauta door"],
  ]);
  for (const page of ["wallet", "verifier"]) {
    const html = source(`${page}/web/index.html`);
    const read = html.replaceAll(/<[^>]*>/g, "\n").split("\n");
    expect(read.map((word) => word.trim()).filter((word) => word !== "")).toEqual(["Bauta"]);
    expect(html).not.toMatch(/\b(?:aria-label|alt|title|placeholder)=/);
  }
});

/** What makes markup, or code, of a text. Trusted Types stop it in browsers that have them; not all have. */
const MAKES_MARKUP =
  /\b(innerHTML|outerHTML|insertAdjacentHTML|setHTMLUnsafe|parseHTMLUnsafe|createContextualFragment|DOMParser|srcdoc|unsafeHTML|unsafeSVG|unsafeStatic|eval)\b|document\.write|new Function/;

test("nothing makes markup of text: neither pages and elements, nor the examples that people copy", () => {
  const files = [...sources(WEB, ".ts"), ...sources(["web/page", "web/examples", "tests/web/look"], ".js")];
  files.push(...sources(["web/examples", "tests/web/look", "wallet/web", "verifier/web"], ".html"));
  expect(files.length).toBeGreaterThan(60);
  expect(files.filter(({ text }) => MAKES_MARKUP.test(text)).map(({ path }) => path)).toEqual([]);
  for (const planted of ["box.innerHTML = text", "box.insertAdjacentHTML(", "document.writeln(text)", "eval(text)"]) {
    expect(planted).toMatch(MAKES_MARKUP);
  }
});
