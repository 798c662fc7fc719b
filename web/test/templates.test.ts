import { expect, test } from "vitest";

import { sources, WEB } from "./sources.js";
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
