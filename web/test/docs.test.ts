import { expect, test } from "vitest";

import { source, sources } from "./sources.js";

const page = source("docs/app-makers.md");

test("the page for app makers names every variable of the theme, and no other", () => {
  const names = (text: string) => [...new Set(text.match(/--bauta-[a-z-]+/g))].sort();
  expect(names(source("web/src/theme.css")).length).toBeGreaterThan(10);
  expect(names(page)).toEqual(names(source("web/src/theme.css")));
});

test("what the pages for app makers print is what the tests run", () => {
  const code = (text: string, language: string) =>
    [...text.matchAll(new RegExp("```" + language + "\\n(.*?)```", "gs"))].map(([, block]) => block);
  expect(code(page, "html")).toEqual([source("web/examples/embed.html")]);
  const [example] = code(source("web/README.md"), "js");
  expect(source("web/examples/door.js").replace(/^\/\/.*\n/, "")).toBe(example);
});

test("elements use no variable that the theme does not have", () => {
  const themed = source("web/src/theme.css");
  for (const { path, text } of sources(["web/src/elements"], ".ts")) {
    for (const [name] of text.matchAll(/--bauta-[a-z-]+/g)) expect(themed, `${path}: ${name}`).toContain(`${name}:`);
  }
});

test("it names every element and every event", () => {
  for (const { text } of sources(["web/src/elements"], ".ts")) {
    for (const [, tag] of text.matchAll(/@customElement\("([a-z-]+)"\)/g)) expect(page).toContain(`\`<${tag}>\``);
    for (const [, event] of text.matchAll(/@fires (bauta-[a-z]+)/g)) expect(page).toContain(`\`${event}\``);
  }
});
