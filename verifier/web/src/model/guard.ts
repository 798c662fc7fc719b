// The door is in a worker, and this watches it: a check that fails, hangs or ends with the worker is red within half a second, and
// the next one finds a fresh worker that knows what the one before had seen.

import type { HangingPoster, Question, Verdict } from "bauta/verifier";

import { BautaError } from "../../../../web/src/error";
import type { Advance, Answer, AskingBy, DoorState, Held, Offer, Opening, Order } from "./messages";

/** What a worker tells: an answer, or that it failed. */
interface Told {
  readonly data?: Answer;
  preventDefault?(): void;
}

/** The part of a `Worker` that is used. */
export interface Workman {
  postMessage(order: Order): void;
  terminate(): void;
  addEventListener(kind: "message" | "error" | "messageerror", listener: (event: Told) => void): void;
}

/** How long a check may take, in milliseconds. With the time it takes to say so, red stands within half a second. */
export const CHECK_MS = 450;
/** How long a worker may take to start and open the door. */
export const START_MS = 20_000;

const FAILED: Verdict = { accepted: false, code: "internal", params: {} };

/** A worker, and the door that is open in it. One order at a time, in the order in which they came. */
export class DoorGuard {
  #post: Post | undefined;
  #opening: Omit<Opening, "memory"> | undefined;
  /** What was seen stays seen: by the next worker, and whatever is asked. */
  #memory: Uint8Array | undefined;
  #last: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly hire: () => Workman,
    private readonly clock: () => number,
  ) {}

  /** What a venue may ask by this list. Throws a `BautaError` when the list is refused. */
  look(held: Held): Promise<Offer> {
    return this.#inTurn(async () => {
      const answer = await this.#order({ kind: "look", held, now: this.clock() }, START_MS);
      return expect(answer, "looked").offer;
    });
  }

  /** What a poster says, by this list. Throws a `BautaError` when no door may hang it up. */
  read(held: Held, poster: string): Promise<HangingPoster> {
    return this.#inTurn(async () => expect(await this.#order({ kind: "read", held, poster }, START_MS), "read").poster);
  }

  /** Opens the door that asks for this policy in this way. Throws a `BautaError` when it stays shut. */
  open(held: Held, policy: string, by: AskingBy): Promise<DoorState> {
    return this.#inTurn(async () => {
      const opening = { ...held, policy, by };
      this.#opening = opening;
      const state = await this.#reopen(opening);
      // Somebody has vouched for the time before this moment. From here on what was seen counts, in the next worker, too.
      if (by.way === "poster") this.#opening = { ...opening, by: { ...by, before: "unknown" } };
      return state;
    });
  }

  /** What stands on the screen now; `undefined` while nothing does. Never throws. */
  draw(): Promise<Question | undefined> {
    return this.#inTurn(async () => {
      const opening = this.#opening;
      if (!opening) return undefined;
      try {
        const { question, memory } = expect(await this.#order({ kind: "draw", now: this.clock() }, CHECK_MS), "drawn");
        this.#memory = memory;
        return question;
      } catch {
        this.#replace(opening);
        return undefined;
      }
    });
  }

  /** Decides. Never throws, and never takes longer than a guard can wait. */
  check(text: string): Promise<Verdict> {
    return this.#inTurn(async () => {
      const opening = this.#opening;
      if (!opening) return FAILED;
      try {
        const answer = await this.#order({ kind: "scan", text, now: this.clock() }, CHECK_MS);
        const { verdict, memory } = expect(answer, "verdict");
        this.#memory = memory;
        return verdict;
      } catch {
        this.#replace(opening);
        return FAILED;
      }
    });
  }

  /** Takes a newer trust list. Throws a `BautaError` when it is refused; the list at hand stays. */
  advance(list: Uint8Array): Promise<Advance> {
    return this.#inTurn(async () => {
      const answer = await this.#order({ kind: "advance", list, now: this.clock() }, START_MS);
      const { advance } = expect(answer, "advanced");
      if (this.#opening && advance.outcome === "newer") this.#opening = { ...this.#opening, list };
      return advance;
    });
  }

  /** Shuts the door. */
  shut(): void {
    this.#dismiss();
    this.#opening = undefined;
  }

  /** Gives an order to the worker that is there, or to a fresh one in which the door is open as it was. */
  async #order(order: Order, patience: number): Promise<Answer> {
    if (!this.#post && this.#opening) await this.#reopen(this.#opening);
    this.#post ??= new Post(this.hire());
    return this.#post.ask(order, patience);
  }

  async #reopen(opened: Omit<Opening, "memory">): Promise<DoorState> {
    this.#dismiss();
    const post = new Post(this.hire());
    this.#post = post;
    try {
      const opening = { ...opened, memory: this.#memory };
      const answer = await post.ask({ kind: "open", opening, now: this.clock() }, START_MS);
      const { state, memory } = expect(answer, "opened");
      this.#memory = memory;
      return state;
    } catch (failure) {
      this.#dismiss();
      throw failure;
    }
  }

  /** At once, so that the next visitor does not wait for it. */
  #replace(opening: Omit<Opening, "memory">): void {
    this.#dismiss();
    void this.#inTurn(() => this.#reopen(opening)).catch(() => undefined);
  }

  #dismiss(): void {
    this.#post?.dismiss();
    this.#post = undefined;
  }

  #inTurn<T>(act: () => Promise<T>): Promise<T> {
    const turn = this.#last.then(act);
    this.#last = turn.catch(() => undefined);
    return turn;
  }
}

function expect<K extends Answer["kind"]>(answer: Answer, kind: K): Extract<Answer, { kind: K }> {
  if (answer.kind === "refused") throw new BautaError(answer.code, answer.params);
  if (answer.kind !== kind) throw new BautaError("internal");
  return answer as Extract<Answer, { kind: K }>;
}

/** One worker and the order that it has. */
class Post {
  #answered: ((answer: Answer) => void) | undefined;
  #failed: (() => void) | undefined;

  constructor(private readonly workman: Workman) {
    workman.addEventListener("message", ({ data }) => (data ? this.#answered?.(data) : this.#failed?.()));
    workman.addEventListener("error", (event) => {
      // Dealt with: without this it would count as a fault of the page, which would end the door.
      event.preventDefault?.();
      this.#failed?.();
    });
    workman.addEventListener("messageerror", () => this.#failed?.());
  }

  ask(order: Order, patience: number): Promise<Answer> {
    return new Promise((answered, refused) => {
      this.#failed = () => refused(new BautaError("internal"));
      const late = setTimeout(() => this.#failed?.(), patience);
      this.#answered = (answer) => {
        clearTimeout(late);
        answered(answer);
      };
      this.workman.postMessage(order);
    });
  }

  dismiss(): void {
    this.workman.terminate();
    this.#failed?.();
  }
}
