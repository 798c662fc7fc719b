// The wallet: `bauta/wallet`. Types for what the WebAssembly gives; it decides, this file does not.

import start, * as core from "../wasm/wallet/bauta_wallet.js";
import { asking, parsed, startOnce } from "./core.js";
import type { AskingPoster, Learned, Showing as Drawn, Way } from "./terms.js";

export { BautaError } from "./error.js";
export type { WasmSource } from "./core.js";
export type { AskingPoster, Learned, Way } from "./terms.js";

/** Fetches and starts the WebAssembly. Call it before anything else; again costs nothing. */
export const load = startOnce(start, new URL("../wasm/wallet/bauta_wallet_bg.wasm", import.meta.url));

/** A request to be sent as it stands. No cookies, no redirects, nothing besides what is named here. */
export interface Call {
  readonly method: "GET" | "POST";
  readonly url: string;
  readonly accept: string;
  readonly contentType?: string;
  readonly body?: string;
  /** Goes into the header `Authorization: Bearer …`. */
  readonly bearer?: string;
}

/** The programme that a wallet belongs to, and the age of its trust list. Times are seconds since 1970. */
export interface Programme {
  readonly name: string;
  readonly root: string;
  readonly version: number;
  readonly issuedAt: number;
  /** From when on somebody should fetch a newer list. */
  readonly amberAt: number;
  /** From when on the list is not used. */
  readonly expiresAt: number;
  readonly lastDay: string;
  /** Whether all of it is for training: then no door takes a code. */
  readonly specimen: boolean;
}

export interface ClaimView {
  readonly name: string;
  /** `code`, `day`, `month`, `flag` or `hint`. */
  readonly kind: string;
  /** The vocabulary's word, a day as 2026-11-24, a month as 2026-11, `yes` or `no`, a hint as `NO/11`. */
  readonly value: string;
}

export interface PassView {
  readonly day: string;
  readonly type: string;
  readonly rule: string;
  readonly series: number;
  /** The place of the other record that it rests on, if it needed two. */
  readonly other: number | null;
}

export interface RecordView {
  readonly index: number;
  readonly type: string;
  readonly issuer: string;
  /** The last day for which it makes passes. */
  readonly validUntil: string | null;
  readonly claims: readonly ClaimView[];
  readonly passes: readonly PassView[];
}

/** A lab that has no result yet. */
export interface WaitingView {
  readonly issuer: string;
  /** What was ordered. */
  readonly type: string;
  /** It is not asked again before, in seconds since 1970. */
  readonly again: number;
}

/** Why something is not so: a code that never changes, and what belongs into the sentence. */
export interface Problem {
  readonly code: string;
  readonly params: Readonly<Record<string, string | number>>;
}

export interface PolicyView {
  /** For `learns` and `show`. */
  readonly id: string;
  /** What doors call it. */
  readonly name: string;
  /** Why a door asks, by language. From signed data: to be shown as text only. */
  readonly purpose: Readonly<Record<string, string>>;
  /** Whether this wallet can answer it now. */
  readonly answerable: boolean;
  /** Why not. */
  readonly reason: Problem | null;
  /** Whether the answer is for training, and no door takes it. */
  readonly specimen: boolean;
}

/** What was scanned at an entrance: who asks for what, and why. */
export interface AskView {
  /** Here `answerable` and `reason` count for this way of asking. */
  readonly policy: PolicyView;
  readonly way: Way;
  /** What only a poster says. */
  readonly poster: AskingPoster | null;
}

/** What was scanned at an entrance, for `Wallet.answer`. It stays good when the wallet is opened anew. */
export class Ask {
  /** @internal */
  readonly inner: core.Ask;

  private constructor(inner: core.Ask) {
    this.inner = inner;
  }

  /** @internal */
  static of(inner: core.Ask): Ask {
    return new Ask(inner);
  }

  /** Lets it go. */
  free(): void {
    this.inner.free();
  }
}

/** A code at the door. */
export interface Showing extends Drawn {
  /** What a scanner reads. */
  readonly text: string;
}

/** What came of an errand. */
export type Outcome =
  | {
      readonly is: "collected";
      /** Whether the issuer knows. If not, the errand stays among the interrupted ones, and nothing is lost. */
      readonly told: boolean;
    }
  | {
      /** The lab has no result yet. The wallet keeps what it needs, and `due` gives it back when it may be asked again. */
      readonly is: "not_yet";
      readonly again: number;
    }
  | {
      readonly is: "renewed";
      readonly recordType: string;
      /** The type of the other record, where two were shown. */
      readonly otherType: string | null;
      readonly office: string;
      readonly passes: number;
      readonly firstDay: string;
      readonly lastDay: string;
    };

/** What a page's storage is sealed under. */
export class StorageKey {
  /** @internal */
  readonly inner: core.StorageKey;

  private constructor(inner: core.StorageKey) {
    this.inner = inner;
  }

  /** From 32 random bytes. Where they rest is the caller's affair; they can be wiped afterwards. */
  static from(this: void, bytes: Uint8Array): StorageKey {
    return new StorageKey(asking(() => core.StorageKey.from(bytes)));
  }

  /** Wipes it. */
  free(): void {
    this.inner.free();
  }
}

/** Seals the 32 bytes of a storage key under a passphrase of at least eight characters, and opens them again: half a second each. */
export const passphraseLock = {
  seal(key: Uint8Array, passphrase: string): Uint8Array {
    return asking(() => {
      const inner = core.StorageKey.from(key);
      try {
        return inner.lock(passphrase);
      } finally {
        inner.free();
      }
    });
  },

  open(sealed: Uint8Array, passphrase: string): Uint8Array {
    return asking(() => core.StorageKey.unlock(sealed, passphrase));
  },
};

/**
 * One person's wallet. Whatever changes it (`advance`, `Errand.reply`, `forget`, …) changes it in memory: keep what `seal` gives
 * before the next call is sent, and a crash at any moment loses nothing.
 */
export class Wallet {
  /** @internal */
  readonly inner: core.Wallet;

  private constructor(inner: core.Wallet) {
    this.inner = inner;
  }

  /** A new one for the programme of this root key. `now` is in seconds since 1970, here and everywhere. */
  static create(rootHex: string, trustList: Uint8Array, trustUrl: string, now: number): Wallet {
    return new Wallet(asking(() => core.Wallet.create(rootHex, trustList, trustUrl, now)));
  }

  static open(sealed: Uint8Array, key: StorageKey): Wallet {
    return new Wallet(asking(() => core.Wallet.open(sealed, key.inner)));
  }

  seal(key: StorageKey): Uint8Array {
    return asking(() => this.inner.seal(key.inner));
  }

  /** How often it was sealed: what is older must not take the place of what is newer. */
  revision(): number {
    return this.inner.revision();
  }

  /** From a backup file, of this page or of the command line. */
  static restore(file: Uint8Array, passphrase: string): Wallet {
    return new Wallet(asking(() => core.Wallet.restore(file, passphrase)));
  }

  /** A file under a passphrase of its own, of at least eight characters. */
  backup(passphrase: string): Uint8Array {
    return asking(() => this.inner.backup(passphrase));
  }

  programme(): Programme {
    return parsed(asking(() => this.inner.programme()));
  }

  /** Fetches the newest list, for `advance`. */
  trustCall(): Call {
    return parsed(asking(() => this.inner.trust_call()));
  }

  /** Takes a newer trust list. An older one is refused, and the list at hand stays. */
  advance(list: Uint8Array, now: number): "newer" | "same" {
    return parsed(asking(() => this.inner.advance(list, now)));
  }

  /** From an offer's link or QR text. A lab that has no result yet is not asked earlier than it said: then the errand ends at once. */
  collect(link: string, now: number): Errand {
    return Errand.of(asking(() => this.inner.collect(link, now)));
  }

  /** From a short code and its second factor. `issuer` is an address, or the link of an offer without a code. */
  collectSpoken(issuer: string, code: string, secondFactor: string, now: number): Errand {
    return Errand.of(asking(() => this.inner.collect_spoken(issuer, code, secondFactor, now)));
  }

  /** After a reload: go on with these. */
  interrupted(now: number): Errand[] {
    return asking(() => this.inner.interrupted(now)).map((errand) => Errand.of(errand));
  }

  /** The labs that have no result yet. */
  waiting(): WaitingView[] {
    return parsed(asking(() => this.inner.waiting()));
  }

  /** The collections whose lab may be asked again now. Add a random delay where nobody waits for the answer. */
  due(now: number): Errand[] {
    return asking(() => this.inner.due(now)).map((errand) => Errand.of(errand));
  }

  /** Gives up waiting for labs. What they answer from now on is lost. */
  forgetWaiting(): void {
    asking(() => this.inner.forget_waiting());
  }

  /** Gives the interrupted collections up, and those that wait for a lab. A record that an issuer has made already for one of them is lost. */
  forgetInterrupted(): void {
    asking(() => this.inner.forget_interrupted());
  }

  /** Fetches the passes of the coming days for a record, from its issuer or from another office. */
  renewal(recordIndex: number, office?: string): Errand {
    return Errand.of(asking(() => this.inner.renewal(recordIndex, office)));
  }

  /**
   * Fetches the passes that two records give together and neither alone, for each two that lack them. For when every record has been renewed
   * alone; there is mostly none.
   */
  renewalsTogether(now: number, office?: string): Errand[] {
    return asking(() => this.inner.renewals_together(office, now)).map((errand) => Errand.of(errand));
  }

  /** When to renew in the background: at a random moment 18 to 30 hours from now, and never because of a showing. */
  nextRenewal(now: number): number {
    return asking(() => this.inner.next_renewal(now));
  }

  records(): RecordView[] {
    return parsed(asking(() => this.inner.records()));
  }

  /** Removes a record and its passes. */
  forget(recordIndex: number): void {
    asking(() => this.inner.forget(recordIndex));
  }

  /** Whether renewals ask for the hint that a door compares with an ID card. The office learns it then. */
  get hintWish(): boolean {
    return asking(() => this.inner.hint_wish());
  }

  set hintWish(include: boolean) {
    asking(() => this.inner.set_hint_wish(include));
  }

  /** What doors may ask today. */
  policies(now: number): PolicyView[] {
    return parsed(asking(() => this.inner.policies(now)));
  }

  /**
   * The id of the policy that a door's question names, for `learns` and `show`. The question is what the door's screen shows, `BTA1P:…`;
   * nobody has signed it. Throws `question_malformed` for any other text, and `question_unknown` when the trust list does not have it.
   */
  asked(question: string): string {
    return asking(() => this.inner.asked(question));
  }

  /** What the door will learn: to be said before `show`. */
  learns(policyId: string, now: number): Learned[] {
    return parsed(asking(() => this.inner.learns(policyId, now)));
  }

  /** A code for this minute, with a fresh proof. Opens no connection. */
  show(policyId: string, now: number): Showing {
    return asking(() => showing(this.inner.show(policyId, now)));
  }

  /**
   * Whatever was scanned at an entrance: a door's question `BTA1P:…`, an organiser's poster `BTA1E:…`, or a challenge on a screen
   * `BTA1N:…`. A poster must be by an organiser whom the authority of this wallet has certified, else `poster_not_certified`; any other
   * text throws `question_malformed`, and what the trust list does not have `question_unknown`.
   */
  read(scanned: string): Ask {
    return asking(() => Ask.of(this.inner.read(scanned)));
  }

  /** Who asks for what, why, and whether it is answered: to be said before `answer`. */
  askView(ask: Ask, now: number): AskView {
    return parsed(asking(() => this.inner.ask_view(ask.inner, now)));
  }

  /** What that door will learn: to be said before `answer`. Throws why it is not answered. */
  learnsFrom(ask: Ask, now: number): Learned[] {
    return parsed(asking(() => this.inner.learns_from(ask.inner, now)));
  }

  /** A code for this minute, bound to what was scanned. To a challenge make one and no more: it is taken once. Opens no connection. */
  answer(ask: Ask, now: number): Showing {
    return asking(() => showing(this.inner.answer(ask.inner, now)));
  }

  /** Wipes it from memory. */
  free(): void {
    this.inner.free();
  }
}

/**
 * A collection or a renewal, call by call:
 *
 *     for (let call = errand.call(); call; call = errand.call()) {
 *       const { status, body } = await send(call);
 *       if (errand.reply(status, body, wallet, now)) await save(wallet.seal(key));
 *     }
 */
export class Errand {
  readonly #inner: core.Errand;

  private constructor(inner: core.Errand) {
    this.#inner = inner;
  }

  /** @internal */
  static of(inner: core.Errand): Errand {
    return new Errand(inner);
  }

  /** What to send next; `undefined` when there is nothing left to do. */
  call(): Call | undefined {
    const call = asking(() => this.#inner.call());
    return call === undefined ? undefined : parsed(call);
  }

  /** Takes the answer. True if the wallet has changed: then save it before the next call. Throws if the other side declines. */
  reply(status: number, body: Uint8Array, wallet: Wallet, now: number): boolean {
    return asking(() => this.#inner.reply(status, body, wallet.inner, now));
  }

  /** Whether what it is for is in the wallet already, so that no failure from here on is a loss. */
  get safe(): boolean {
    return asking(() => this.#inner.is_safe());
  }

  /** What came of it; `undefined` before the end. */
  outcome(): Outcome | undefined {
    const outcome = asking(() => this.#inner.outcome());
    return outcome === undefined ? undefined : parsed(outcome);
  }

  /** Lets it go. */
  free(): void {
    this.#inner.free();
  }
}

function showing(shown: core.Showing): Showing {
  try {
    return { text: shown.text(), size: shown.size(), modules: shown.modules(), goodUntil: shown.good_until() };
  } finally {
    shown.free();
  }
}
