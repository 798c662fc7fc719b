// Which texts a source asks for, and which it writes itself.

/** Names of messages in calls of `say(…)`: every string in the first argument that looks like one. */
export function calledIn(text: string): string[] {
  return [...text.matchAll(/\.say\(/g)].flatMap((call) => {
    const first = argumentAt(text, call.index + call[0].length);
    // What is compared with decides, and is not said.
    return [...first.matchAll(/(?<![=!]== )"([a-z][\w.-]*)"/g)].map(([, id]) => id).filter((id) => id !== undefined);
  });
}

/** All strings in quotes. */
export function wordsIn(text: string): string[] {
  return [...text.matchAll(/"([a-z][\w.-]*)"/g)]
    .map(([, word]) => word?.split(".")[0])
    .filter((word) => word !== undefined);
}

/** Beginnings of names that are put together: `verdict-${kind}`. */
export function prefixesIn(text: string): string[] {
  return [...text.matchAll(/`([a-z][a-z-]*-)\$\{/g)]
    .map(([, prefix]) => prefix)
    .filter((prefix) => prefix !== undefined);
}

function argumentAt(text: string, from: number): string {
  let depth = 0;
  for (let at = from; at < text.length; at += 1) {
    const letter = text[at] ?? "";
    if ("([{".includes(letter)) depth += 1;
    if (")]}".includes(letter)) depth -= 1;
    if (depth < 0 || (depth === 0 && letter === ",")) return text.slice(from, at);
  }
  return text.slice(from);
}

/** What a person would read in the templates of a source without its being a text of ours: words and spoken attributes. */
export function writtenIn(text: string): string[] {
  return templatesIn(text).flatMap((template) => {
    const markup = template.replaceAll(/<!--.*?-->/gs, "");
    const tags = markup.match(/<[^>]*>/gs) ?? [];
    const spoken = tags.flatMap((tag) => [...tag.matchAll(SPOKEN)].map(([, , value]) => value ?? ""));
    const words = markup.replaceAll(/<[^>]*>/gs, "\n").split("\n");
    return [...words, ...spoken].map((word) => word.trim()).filter((word) => /\p{L}/u.test(word));
  });
}

const SPOKEN =
  /\s(aria-label|aria-description|aria-roledescription|aria-valuetext|title|alt|placeholder|label)="([^"]*)"/g;

/** The fixed parts of every `html` and `svg` template, those inside of others too; what is filled in is a digit zero. */
function templatesIn(text: string): string[] {
  const templates: string[] = [];
  let at = 0;

  function template(kept: boolean): void {
    let fixed = "";
    while (at < text.length && text[at] !== "`") {
      if (text[at] === "\\") at += 1;
      if (text.startsWith("${", at)) {
        at += 2;
        fixed += "0";
        code("}");
      } else {
        fixed += text[at];
      }
      at += 1;
    }
    if (kept) templates.push(fixed);
  }

  function code(end: string): void {
    let depth = 0;
    for (; at < text.length; at += 1) {
      const letter = text[at] ?? "";
      if (depth === 0 && letter === end) return;
      if (letter === "{") depth += 1;
      if (letter === "}") depth -= 1;
      if (text.startsWith("//", at)) at = Math.max(at, text.indexOf("\n", at));
      else if (text.startsWith("/*", at)) at = text.indexOf("*/", at) + 1;
      else if (letter === '"') while (text[++at] !== '"') if (text[at] === "\\") at += 1;
      if (letter === "`") {
        const kept = /(?:html|svg)$/.test(text.slice(0, at));
        at += 1;
        template(kept);
      }
    }
  }

  code("");
  return templates;
}
