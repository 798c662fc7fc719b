import { wordFor, type Texts } from "../texts/index.js";
import { dayOf, monthOf } from "../texts/texts.js";
import type { Learned, SaidClaim } from "../terms.js";

/** What the door learns, in the person's language. `undefined` for what this version has no words for: then it must not be shown. */
export function inWords(texts: Texts, learned: Learned): string | undefined {
  switch (learned.what) {
    case "day":
      return texts.say("learns-day");
    case "pass":
      return texts.say("learns-pass", { type: wordFor(texts, "type", learned.pass_type) });
    case "admits": {
      const rule = wordFor(texts, "rule", learned.rule);
      return texts.say(learned.several_ways ? "learns-admits-one-way-of-several" : "learns-admits", { rule });
    }
    case "claim":
      return claimInWords(texts, learned);
    case "one_holder":
      return texts.say("learns-one-holder");
    case "pseudonym":
      return texts.say("learns-pseudonym");
    case "nothing_else":
      return texts.say("learns-nothing-else");
    default:
      // Types end where data begins: a newer core may know more than this page.
      return undefined;
  }
}

function claimInWords(texts: Texts, { name, kind, among, value }: Learned & { what: "claim" }): string {
  const claim = wordFor(texts, "claim", name);
  if (kind === "hint") return hintInWords(texts, value);
  if (kind === "flag") {
    const [answer] = among;
    if (answer === undefined) return texts.say("learns-whether", { claim });
    return texts.say(answer === "yes" ? "learns-yes" : "learns-no", { claim });
  }
  // Without the pass at hand, the one word that would do is what it says.
  const said = value ?? (among.length === 1 ? among[0] : undefined);
  if (said !== undefined)
    return texts.say("learns-claim", { claim, value: valueInWords(texts, { name, kind, value: said }) });
  if (among.length === 0) return texts.say("learns-whatever", { claim });
  const words = among.map((word) => wordFor(texts, "word", word));
  return texts.say("learns-which-of", { claim, words: texts.list(words) });
}

function hintInWords(texts: Texts, value: string | null | undefined): string {
  if (value == null) return texts.say("learns-hint");
  return texts.say("learns-this-hint", { value: valueInWords(texts, { name: "hint", kind: "hint", value }) });
}

/** What a record or pass says under one claim, in the person's language. */
export function valueInWords(texts: Texts, { kind, value }: SaidClaim): string {
  if (value == null) return texts.say("value-none");
  switch (kind) {
    case "flag":
      return texts.say(value === "yes" ? "value-yes" : "value-no");
    case "day":
      return texts.say("value-day", { day: dayOf(value) });
    case "month":
      return texts.say("value-month", { month: dayOf(`${value}-01`) });
    case "hint": {
      const [letters = "", month = ""] = value.split("/");
      return texts.say("value-hint", { letters: [...letters].join(" / "), month: monthOf(Number(month)) });
    }
    case "admits":
      return wordFor(texts, "rule", value);
    default:
      return wordFor(texts, "word", value);
  }
}
