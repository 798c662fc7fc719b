/** What elements are given and what wallet and verifier give: both sides read the same words here. */

/** Dots to be drawn. */
export interface Picture {
  /** Dots on a side. */
  readonly size: number;
  /** `size` × `size` bytes, row by row: 1 for a dark dot. */
  readonly modules: Uint8Array;
}

/** A code to be shown. */
export interface Showing extends Picture {
  /** Until when a door whose clock agrees takes it, in seconds since 1970. */
  readonly goodUntil: number;
}

/** One thing that a door learns from a showing. */
export type Learned =
  | { readonly what: "day" }
  /** Of two passes: there is one of this type. What it shows follows. */
  | { readonly what: "pass"; readonly pass_type: string }
  | { readonly what: "admits"; readonly rule: string; readonly several_ways: boolean }
  | {
      readonly what: "claim";
      readonly name: string;
      /** The kind of the claim, as a credential type names it. */
      readonly kind: string;
      /** The words that satisfy the policy; none if it takes whatever there is. */
      readonly among: readonly string[];
      /** What this holder's pass says, if a pass is at hand and says anything. */
      readonly value?: string | null | undefined;
    }
  /** Of two passes: they are one person's. */
  | { readonly what: "one_holder" }
  | { readonly what: "pseudonym" }
  | { readonly what: "nothing_else" };

/** In which way a door asks: wallets answer by themselves, by an organiser's poster, or by a nonce on the door's screen. */
export type Way = "one_way" | "poster" | "nonce";

/**
 * What answers to a poster say of their holder, at its event and nowhere else: nothing; that it is the same one again, who comes in once;
 * or that it is the same one again, who may.
 */
export type Pseudonyms = "none" | "one_entry" | "reentry";

/** What a poster says of itself: signed by its organiser, whom the authority has certified. To be shown as text only. */
export interface Poster {
  readonly organiser: string;
  /** The organiser's reason, by language. */
  readonly purpose: Readonly<Record<string, string>>;
  /** The day of the event, as 2026-11-24. */
  readonly eventDay: string;
  /** Until when it may be answered, in seconds since 1970. */
  readonly closes: number;
}

/** A poster as a wallet is asked by it. */
export interface AskingPoster extends Poster {
  readonly pseudonyms: Pseudonyms;
}

/** What a record or a pass says under one claim. */
export interface SaidClaim {
  readonly name: string;
  /** The kind of the claim, as a credential type names it. */
  readonly kind: string;
  /** The vocabulary's word, a day or month in figures, `yes` or `no`, a hint as `NO/11`, the name of a rule; none if absent. */
  readonly value?: string | null | undefined;
}

/** One claim that was shown at a door. */
export interface ShownClaim extends SaidClaim {
  /** The type of the pass that says it. Of two passes that are shown together each has a type of its own. */
  readonly pass: string;
}

/** What a door decided about a code. */
export type Verdict =
  | {
      readonly accepted: true;
      readonly policy: string;
      readonly day: string;
      readonly shown: readonly ShownClaim[];
      /** Whether this guest came in to the poster's event before; `null` where nobody is told apart. */
      readonly entry?: "first" | "again" | null;
      readonly freshness: "fresh" | "amber";
    }
  | { readonly accepted: false; readonly code: string; readonly params?: Readonly<Record<string, string | number>> };
