// What the wallet does by itself while it is open: it looks for a newer trust list, renews passes, and asks labs again that had no
// result yet. Never because of what is on
// the screen or was scanned: an office that hears from a wallet at the door knows where its owner is.

import type { Person } from "bauta/store";
import { type Household, now } from "./household";

const TICK_MS = 10_000;
const MINUTE = 60;
/** Fixed, and the same for everybody. */
const LIST_EVERY = 6 * 60 * MINUTE;
const LIST_AGAIN = 30 * MINUTE;
/** An overdue renewal waits at random within these: a wallet is often opened on the way in. */
const OVERDUE: Range = { least: 2 * MINUTE, most: 10 * MINUTE };
/** Nothing to show is worse than an office that hears from somebody who has just opened a wallet. */
const EMPTY: Range = { least: 2, most: 15 };
const AGAIN: Range = { least: 10 * MINUTE, most: 30 * MINUTE };
/** While there is nothing to show, for the first times: an office may take some seconds longer to have a newer list than the wallet did. */
const EMPTY_AGAIN: Range = { least: 15, most: 30 };
const HASTY = 3;
/** So long after the moment that a lab named: those who came at the same time do not come back together. */
const ASK: Range = { least: 1, most: MINUTE };

interface Range {
  readonly least: number;
  readonly most: number;
}

export interface Surroundings {
  /** Whether nothing may be sent now: a code is on the screen. */
  resting(): boolean;
  listTaken(): void;
  /** `trouble` says why the passes of a person were not renewed. */
  renewed(person: Person, trouble: unknown): void;
  /** A lab was asked again; `trouble` says why it gave no answer. */
  asked(person: Person, trouble: unknown): void;
}

export class Clockwork {
  readonly #due = new Map<string, number>();
  readonly #asks = new Map<string, number>();
  /** Renewals after which somebody had still nothing to show. */
  readonly #inVain = new Map<string, number>();
  #listDue = 0;
  #timer: ReturnType<typeof setInterval> | undefined;
  #ticking = false;

  constructor(
    private readonly household: Household,
    private readonly around: Surroundings,
  ) {}

  start(): void {
    this.#timer = setInterval(() => void this.#tick(), TICK_MS);
    void this.#tick();
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  async #tick(): Promise<void> {
    if (this.#ticking || this.around.resting() || !navigator.onLine) return;
    this.#ticking = true;
    try {
      if (now() >= this.#listDue) await this.#takeList();
      for (const person of this.household.people) {
        if (!this.around.resting() && now() >= this.#askOf(person)) await this.#ask(person);
        if (!this.around.resting() && now() >= this.#dueOf(person)) await this.#renew(person);
      }
    } finally {
      this.#ticking = false;
    }
  }

  async #takeList(): Promise<void> {
    try {
      await this.household.takeNewestList();
      this.#listDue = now() + LIST_EVERY;
      // A newer list can end passes, or offer others.
      this.#due.clear();
      this.#inVain.clear();
      this.around.listTaken();
    } catch {
      // The age of the list is on the screen; a look that was missed is no news of its own.
      this.#listDue = now() + LIST_AGAIN;
    }
  }

  /** When the next lab of a person is asked again. */
  #askOf(person: Person): number {
    const waiting = this.household.waiting(person);
    if (waiting.length === 0) {
      this.#asks.delete(person.id);
      return Infinity;
    }
    const known = this.#asks.get(person.id);
    if (known !== undefined) return known;
    const first = Math.min(...waiting.map(({ again }) => again));
    const ask = Math.max(first, now()) + between(ASK);
    this.#asks.set(person.id, ask);
    return ask;
  }

  async #ask(person: Person): Promise<void> {
    const wallet = () => this.household.wallet(person.id);
    const { nextRenewal } = person;
    const held = wallet().records().length;
    let trouble: unknown;
    // Whatever ends the page now: a record that is here has its passes fetched.
    await this.household.renewSoon(person);
    for (const errand of wallet().due(now())) {
      try {
        await this.household.run(person, errand);
      } catch (failure) {
        trouble = failure;
      }
    }
    if (wallet().records().length === held) await this.household.renewNextAt(person, nextRenewal);
    else this.#due.delete(person.id);
    this.#asks.delete(person.id);
    if (trouble !== undefined) this.#asks.set(person.id, now() + between(AGAIN));
    this.around.asked(person, trouble);
  }

  #dueOf(person: Person): number {
    const known = this.#due.get(person.id);
    if (known !== undefined) return known;
    const due = this.#needsPasses(person)
      ? now() + between(EMPTY)
      : // What is due when it is first looked at was due while the wallet was closed.
        Math.max(person.nextRenewal, now() + between(OVERDUE));
    this.#due.set(person.id, due);
    return due;
  }

  /** Whether renewing would help somebody who wants to show something now. */
  #needsPasses(person: Person): boolean {
    const wallet = this.household.wallet(person.id);
    const records = wallet.records();
    const reasons = wallet.policies(now()).map((policy) => policy.reason?.code);
    // A record that satisfies no rule has no passes either, but it has been asked about.
    const unasked = person.nextRenewal === 0 && records.some((record) => record.passes.length === 0);
    return unasked || (records.length > 0 && reasons.some((code) => code === "not_today" || code === "outdated"));
  }

  async #renew(person: Person): Promise<void> {
    if (this.household.wallet(person.id).records().length === 0) {
      this.#due.delete(person.id);
      return;
    }
    try {
      await renewAll(this.household, person);
      const renewed = this.household.people.find(({ id }) => id === person.id) ?? person;
      this.#due.set(person.id, this.#needsPasses(renewed) ? this.#again(renewed) : renewed.nextRenewal);
      this.around.renewed(person, undefined);
    } catch (trouble) {
      this.#due.set(person.id, this.#again(person));
      this.around.renewed(person, trouble);
    }
  }

  /** When to try once more what did not help, or did not work. */
  #again(person: Person): number {
    const times = this.#needsPasses(person) ? (this.#inVain.get(person.id) ?? 0) + 1 : 0;
    this.#inVain.set(person.id, times);
    return now() + between(times > 0 && times <= HASTY ? EMPTY_AGAIN : AGAIN);
  }
}

/** Renews every record of a person, those that can be even if one cannot, and then what two give together. The first failure is thrown in the end. */
export async function renewAll(household: Household, person: Person): Promise<void> {
  const failures: unknown[] = [];
  const all = household.wallet(person.id).records().length;
  for (let index = 0; index < all; index += 1) {
    try {
      await household.run(person, household.wallet(person.id).renewal(index));
    } catch (failure) {
      failures.push(failure);
    }
  }
  const alone = all - failures.length;
  for (const errand of household.wallet(person.id).renewalsTogether(now())) {
    try {
      await household.run(person, errand);
    } catch (failure) {
      failures.push(failure);
    }
  }
  if (alone > 0) await household.renewNextAt(person, household.wallet(person.id).nextRenewal(now()));
  if (failures.length > 0) throw failures[0];
}

function between({ least, most }: Range): number {
  const [random = 0] = crypto.getRandomValues(new Uint32Array(1));
  return least + Math.floor((random / 2 ** 32) * (most - least));
}
