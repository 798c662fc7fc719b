// The verifier page without anything that is seen: which question is asked, by which list, and what becomes of a code.

import type { Asking, AskedView, HangingPoster, Question, TrustView, Verdict } from "bauta/verifier";
import { BautaError } from "../../../../web/src/error";
import { configuration, type Configuration } from "../../../../web/page/configuration";
import { trustList } from "../../../../web/page/network";
import type { DoorGuard } from "./guard";
import type { AskingBy } from "./messages";
import { keepList, keptList } from "./shelf";

export type Phase =
  | { readonly is: "starting" }
  | { readonly is: "choosing"; readonly policies: readonly AskedView[] }
  | ChosenPoster
  | { readonly is: "opening" }
  | OpenDoor
  | { readonly is: "fault"; readonly error: unknown };

/** A poster is looked for, or was read and is not asked by yet. */
export interface ChosenPoster {
  readonly is: "hanging";
  readonly policies: readonly AskedView[];
  readonly read?: { readonly text: string; readonly poster: HangingPoster; readonly policy: AskedView };
}

/** A door that asks. */
export interface OpenDoor {
  readonly is: "open";
  readonly policy: AskedView;
  readonly asking: Asking;
  /** For visitors to scan. */
  readonly question: Question | undefined;
  readonly opensAt: number;
  readonly lockedUntil: number;
}

/**
 * A newer list must be here within a minute, even if one fetch is lost, and a lab's service that hands it on looks for it every quarter of
 * one. The same pace for everybody, and never because of a scan.
 */
export const LIST_EVERY_MS = 20_000;
/** How often is looked whether another challenge is due: after each answer that is at once. */
const DRAW_EVERY_MS = 1_000;
/** Who could change the question from visitor to visitor could ask each of them more than one. */
const LOCKED_SECONDS = 5 * 60;

export class Venue extends EventTarget {
  #phase: Phase = { is: "starting" };
  #configuration: Configuration | undefined;
  #list: Uint8Array | undefined;
  #trust: TrustView | undefined;
  #drawing: ReturnType<typeof setInterval> | undefined;

  constructor(private readonly guard: DoorGuard) {
    super();
  }

  get phase(): Phase {
    return this.#phase;
  }

  /** The list that decisions are made by. */
  get trust(): TrustView | undefined {
    return this.#trust;
  }

  get languages(): readonly string[] | undefined {
    return this.#configuration?.languages;
  }

  get brandName(): string {
    return this.#configuration?.brand.name ?? "Bauta";
  }

  async start(): Promise<void> {
    try {
      const configured = await configuration();
      this.#configuration = configured;
      this.#list = await keptList();
      if (this.#list) {
        await this.#choose();
        void this.#takeNewest();
      } else {
        // The first one is kept once it is known to hold for the root.
        const list = await trustList(configured.trustList);
        await this.guard.look({ root: configured.root, list });
        await this.#keep(list);
        await this.#choose();
      }
      setInterval(() => void this.#takeNewest(), LIST_EVERY_MS);
    } catch (error) {
      this.fail(error);
    }
  }

  /** Looks for the poster that hangs at the entrance. */
  lookForPoster(): void {
    const { phase } = this;
    if (phase.is === "choosing" || phase.is === "hanging") this.#become({ is: "hanging", policies: phase.policies });
  }

  /** Reads a poster. Throws a `BautaError` when no door may hang it up. */
  async readPoster(text: string): Promise<void> {
    const { phase } = this;
    if (!this.#configuration || !this.#list || phase.is !== "hanging") return;
    const poster = await this.guard.read({ root: this.#configuration.root, list: this.#list }, text);
    // The poster says what is asked, whatever was chosen before.
    const policy = phase.policies.find(({ id }) => id === poster.policy);
    if (!policy) throw new BautaError("no_such_policy");
    if (this.#phase === phase) this.#become({ ...phase, read: { text, poster, policy } });
  }

  /** Goes back to what may be asked. */
  async choose(): Promise<void> {
    try {
      if (this.#phase.is === "hanging") await this.#choose();
    } catch (error) {
      this.fail(error);
    }
  }

  /** Opens the door with this question, asked in this way. It stays for five minutes. */
  async ask(policy: AskedView, by: AskingBy = { way: "one_way" }): Promise<void> {
    if (!this.#configuration || !this.#list) return;
    this.#become({ is: "opening" });
    try {
      const { root } = this.#configuration;
      const { trust, asking, opensAt, question } = await this.guard.open({ root, list: this.#list }, policy.name, by);
      this.#trust = trust;
      this.#become({ is: "open", policy, asking, question, opensAt, lockedUntil: now() + LOCKED_SECONDS });
      if (by.way === "nonce") this.#drawing = setInterval(() => void this.#draw(), DRAW_EVERY_MS);
    } catch (error) {
      this.fail(error);
    }
  }

  /** Shuts the door, to ask something else. */
  async shut(): Promise<void> {
    if (this.#phase.is !== "open" || now() < this.#phase.lockedUntil) return;
    clearInterval(this.#drawing);
    this.guard.shut();
    await this.#choose();
  }

  async check(text: string): Promise<Verdict> {
    const verdict = await this.guard.check(text);
    if (this.#phase.is === "open" && this.#phase.asking.way === "nonce") void this.#draw();
    return verdict;
  }

  fail(error: unknown): void {
    clearInterval(this.#drawing);
    this.guard.shut();
    this.#become({ is: "fault", error });
  }

  /** Another challenge, if one is due. */
  async #draw(): Promise<void> {
    const question = await this.guard.draw();
    const { phase } = this;
    if (phase.is !== "open" || phase.asking.way !== "nonce" || phase.question?.text === question?.text) return;
    this.#become({ ...phase, question });
  }

  async #choose(): Promise<void> {
    if (!this.#configuration || !this.#list) return;
    const { trust, policies } = await this.guard.look({ root: this.#configuration.root, list: this.#list });
    this.#trust = trust;
    this.#become({ is: "choosing", policies });
  }

  /** A list that cannot be fetched is no news: its age is on the screen. One that is refused changes nothing. */
  async #takeNewest(): Promise<void> {
    const ready = this.#phase.is === "open" || this.#phase.is === "choosing";
    if (!this.#configuration || !ready || !navigator.onLine) return;
    try {
      await this.#take(await trustList(this.#configuration.trustList));
    } catch {
      this.dispatchEvent(new Event("change"));
    }
  }

  async #take(list: Uint8Array): Promise<void> {
    const { outcome, trust, question } = await this.guard.advance(list);
    this.#trust = trust;
    if (this.#phase.is === "open") this.#phase = { ...this.#phase, question };
    if (outcome === "newer") {
      await this.#keep(list);
      if (this.#phase.is === "choosing") await this.#choose();
    }
    this.dispatchEvent(new Event("change"));
  }

  async #keep(list: Uint8Array): Promise<void> {
    this.#list = list;
    await keepList(list);
  }

  #become(phase: Phase): void {
    this.#phase = phase;
    this.dispatchEvent(new Event("change"));
  }
}

/** Seconds since 1970 by this device's clock. */
export function now(): number {
  return Math.floor(Date.now() / 1000);
}
