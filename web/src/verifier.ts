// The verifier: `bauta/verifier`. Types for what the WebAssembly gives; it decides, this file does not.

import start, * as core from "../wasm/verifier/bauta_verifier.js";
import { asking, parsed, startOnce } from "./core.js";
import type { Learned, Picture, Poster, Pseudonyms, Verdict, Way } from "./terms.js";

export { BautaError } from "./error.js";
export type { WasmSource } from "./core.js";
export type { Learned, Poster, Pseudonyms, ShownClaim, Verdict, Way } from "./terms.js";

/** Fetches and starts the WebAssembly. Call it before anything else; again costs nothing. */
export const load = startOnce(start, new URL("../wasm/verifier/bauta_verifier_bg.wasm", import.meta.url));

/** The list that a door decides by. Times are seconds since 1970. */
export interface TrustView {
  readonly name: string;
  readonly root: string;
  readonly version: number;
  readonly issuedAt: number;
  /** From when on somebody should fetch a newer list: green still, with a warning. */
  readonly amberAt: number;
  /** From when on everything is red. */
  readonly expiresAt: number;
  readonly lastDay: string;
  /** Whether all of it is for training: then nothing shows green. */
  readonly specimen: boolean;
}

/** What a door asks, as a code that visitors' wallets scan. No secret, and nobody has signed it. */
export interface Question extends Picture {
  /** What a wallet reads, `BTA1P:…` or, for a fresh challenge, `BTA1N:…`: for `Wallet.read`. */
  readonly text: string;
}

export interface AskedView {
  /** For `open`, `ask` and `askFresh`. */
  readonly name: string;
  readonly id: string;
  /** The ways of asking that it allows. */
  readonly ways: readonly Way[];
  /** What answers to a poster say of their holder. */
  readonly pseudonyms: Pseudonyms;
  /** Why the door asks, by language. From signed data: to be shown as text only. */
  readonly purpose: Readonly<Record<string, string>>;
  readonly lastDay: string;
  /** What the door will learn. */
  readonly learns: readonly Learned[];
}

/** An organiser's poster as a door asks by it. */
export interface HangingPoster extends Poster {
  readonly way: "poster";
  /** The id of what is asked. */
  readonly policy: string;
  /** From when on it may be answered, in seconds since 1970. */
  readonly opens: number;
}

/** How a door asks. */
export type Asking = { readonly way: "one_way" | "nonce"; readonly policy: string } | HangingPoster;

/** A root key and the newest list that holds for it: what a venue knows before it has chosen what to ask. */
export class List {
  readonly #inner: core.List;

  private constructor(inner: core.List) {
    this.#inner = inner;
  }

  /** The list may have expired: then nothing is decided by it, but it can be made newer. */
  static of(rootHex: string, trustList: Uint8Array): List {
    return new List(asking(() => core.List.of(rootHex, trustList)));
  }

  trust(): TrustView {
    return parsed(asking(() => this.#inner.trust()));
  }

  /** Takes a newer trust list. An older one is refused, and the list at hand stays. */
  advance(list: Uint8Array, now: number): "newer" | "same" {
    return parsed(asking(() => this.#inner.advance(list, now)));
  }

  /** What a door may ask today. */
  policies(now: number): AskedView[] {
    return parsed(asking(() => this.#inner.policies(now)));
  }

  /**
   * What the poster of this text says, `BTA1E:…`: to be read before a door hangs it up. Throws `no_poster` for any other text,
   * `poster_refused` when the authority has not certified its organiser for its day, `poster_of_other_list` when the organiser holds another
   * trust list of this version or of the one before, `no_such_policy` when the list does not let it be asked.
   */
  poster(text: string): HangingPoster {
    return parsed(asking(() => this.#inner.poster(text)));
  }

  free(): void {
    this.#inner.free();
  }
}

/** A venue's door. It remembers what it has seen for a few minutes, in memory alone. */
export class Door {
  readonly #inner: core.Door;
  #broken = false;

  private constructor(inner: core.Door) {
    this.#inner = inner;
  }

  /**
   * Opens a door that asks for the policy of this name. `now` is in seconds since 1970. What was shown before is not known, so
   * codes made up to about two minutes after this moment, answers to posters and screens six, are refused as `just_restarted`.
   */
  static open(rootHex: string, trustList: Uint8Array, policy: string, now: number): Door {
    return new Door(asking(() => core.Door.open(rootHex, trustList, policy, now)));
  }

  /**
   * In place of a door that failed, with the {@link Door.memory} of that one: what it had seen stays seen, and nobody waits. It asks
   * one way until {@link Door.askFresh} or {@link Door.hang} is called again.
   */
  static resume(rootHex: string, trustList: Uint8Array, policy: string, memory: Uint8Array, now: number): Door {
    return new Door(asking(() => core.Door.resume(rootHex, trustList, policy, memory, now)));
  }

  /**
   * What it has seen: keyed hashes of the last minutes, of who came in to an event until its day is over, and the key to them. For memory,
   * and never for a disk.
   */
  memory(): Uint8Array {
    return asking(() => this.#inner.memory());
  }

  /** From when on every new code can be judged, in seconds since 1970. */
  opensAt(): number {
    return asking(() => this.#inner.opens_at());
  }

  trust(): TrustView {
    return parsed(asking(() => this.#inner.trust()));
  }

  /** Takes a newer trust list. An older one is refused, and the list at hand stays. */
  advance(list: Uint8Array, now: number): "newer" | "same" {
    return parsed(asking(() => this.#inner.advance(list, now)));
  }

  /** What a door may ask today. */
  policies(now: number): AskedView[] {
    return parsed(asking(() => this.#inner.policies(now)));
  }

  /**
   * What is asked, to be drawn for visitors; `undefined` if the list does not have it any more, and for a poster, which hangs there itself.
   * Ask again after `ask` and `advance`; after `askFresh` once a second, because it is another one after each answer and after two minutes.
   */
  question(now: number): Question | undefined {
    return asking(() => {
      const question = this.#inner.question(now);
      if (!question) return undefined;
      try {
        return { text: question.text(), size: question.size(), modules: question.modules() };
      } finally {
        question.free();
      }
    });
  }

  /** Asks for the policy of this name from now on. By name, because a newer list may mean another policy by it. */
  ask(policy: string, now: number): void {
    asking(() => this.#inner.ask(policy, now));
  }

  /** The same with a fresh challenge for each visitor, which {@link Door.question} gives: a copied code is worthless at once. */
  askFresh(policy: string, now: number): void {
    asking(() => this.#inner.ask_fresh(policy, now));
  }

  /**
   * Asks by an organiser's poster from now on. Where its answers tell guests apart, a door must know who came in: `before` vouches, for
   * a poster that is open already, that nobody has, at any door. Without that, and without the memory of a door that knew, nobody comes
   * in: `entries_unknown`.
   */
  hang(poster: string, before: "nobody_came" | "unknown", now: number): void {
    asking(() => this.#inner.hang(poster, before === "nobody_came", now));
  }

  /** How it asks, and by which poster. */
  asking(): Asking {
    return parsed(asking(() => this.#inner.asking()));
  }

  /** Decides. Never throws: a fault of the core is red, and so is everything after it. */
  scan(text: string, now: number): Verdict {
    try {
      if (!this.#broken) return parsed(asking(() => this.#inner.scan(text, now)));
    } catch {
      this.#broken = true;
    }
    return { accepted: false, code: "internal", params: {} };
  }

  /** Whether the core has failed. Then only a fresh instance, in a fresh worker or page, decides again. */
  get broken(): boolean {
    return this.#broken;
  }

  /** Forgets everything it has seen. */
  free(): void {
    this.#inner.free();
  }
}
