// What the page and the worker that checks say to each other.

import type { Asking, AskedView, HangingPoster, Question, TrustView, Verdict } from "bauta/verifier";

/** The root key that this venue believes, and the newest list that it has. */
export interface Held {
  readonly root: string;
  readonly list: Uint8Array;
}

/** In which way a door asks. */
export type AskingBy =
  | { readonly way: "one_way" | "nonce" }
  | {
      readonly way: "poster";
      /** What hangs there. */
      readonly text: string;
      /** Whether somebody vouches, at this moment, that nobody has come in to its event. */
      readonly before: "nobody_came" | "unknown";
    };

/** How to open a door. */
export interface Opening extends Held {
  readonly policy: string;
  readonly by: AskingBy;
  /** What was seen before: opaque, and in memory only. */
  readonly memory: Uint8Array | undefined;
}

export type Order =
  | { readonly kind: "look"; readonly held: Held; readonly now: number }
  | { readonly kind: "read"; readonly held: Held; readonly poster: string }
  | { readonly kind: "open"; readonly opening: Opening; readonly now: number }
  | { readonly kind: "scan"; readonly text: string; readonly now: number }
  | { readonly kind: "draw"; readonly now: number }
  | { readonly kind: "advance"; readonly list: Uint8Array; readonly now: number };

export type Answer =
  | { readonly kind: "looked"; readonly offer: Offer }
  | { readonly kind: "read"; readonly poster: HangingPoster }
  | { readonly kind: "opened"; readonly state: DoorState; readonly memory: Uint8Array }
  | { readonly kind: "verdict"; readonly verdict: Verdict; readonly memory: Uint8Array }
  | { readonly kind: "drawn"; readonly question: Question | undefined; readonly memory: Uint8Array }
  | { readonly kind: "advanced"; readonly advance: Advance }
  | { readonly kind: "refused"; readonly code: string; readonly params: Readonly<Record<string, string | number>> };

/** What a list offers to a venue, before a door is opened. */
export interface Offer {
  readonly trust: TrustView;
  readonly policies: readonly AskedView[];
}

export interface DoorState {
  readonly trust: TrustView;
  readonly asking: Asking;
  /** For visitors to scan. */
  readonly question: Question | undefined;
  /** From when on every new code can be judged, in seconds since 1970. */
  readonly opensAt: number;
}

/** What came of a list that was offered. */
export interface Advance {
  readonly outcome: "newer" | "same";
  readonly trust: TrustView;
  /** Of the open door: a newer list may mean another policy by the same name. */
  readonly question: Question | undefined;
}
