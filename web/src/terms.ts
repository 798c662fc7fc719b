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
  | { readonly what: "pseudonym" }
  | { readonly what: "nothing_else" };

/** One claim that was shown at a door. */
export interface ShownClaim {
  readonly name: string;
  /** The kind of the claim, as a credential type names it. */
  readonly kind: string;
  /** The vocabulary's word, a day or month in figures, `yes` or `no`, a hint as `NO/11`, the name of a rule; none if absent. */
  readonly value?: string | null | undefined;
}

/** What a door decided about a code. */
export type Verdict =
  | {
      readonly accepted: true;
      readonly policy: string;
      readonly day: string;
      readonly shown: readonly ShownClaim[];
      readonly freshness: "fresh" | "amber";
    }
  | { readonly accepted: false; readonly code: string; readonly params?: Readonly<Record<string, string | number>> };
