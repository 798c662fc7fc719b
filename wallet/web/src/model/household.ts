// The wallets of this phone while the safe is open, and everything that changes them. Whatever changes a wallet is on the disk
// before the next request is sent: a reload at any moment loses nothing.

import { BautaError, type Errand, type StorageKey, type WaitingView, Wallet } from "bauta/wallet";
import type { OpenSafe, Person } from "bauta/store";
import { send } from "../../../../web/page/network";

export class Household {
  readonly #wallets = new Map<string, Wallet>();
  #current: string | undefined;
  #underway = 0;
  #last: Promise<void> = Promise.resolve();

  private constructor(private readonly safe: OpenSafe<StorageKey>) {}

  static async of(safe: OpenSafe<StorageKey>): Promise<Household> {
    const household = new Household(safe);
    for (const { id } of safe.people) household.#wallets.set(id, Wallet.open(await safe.wallet(id), safe.key));
    household.#current = safe.people[0]?.id;
    return household;
  }

  get people(): readonly Person[] {
    return this.safe.people;
  }

  /** Whose wallet is on the screen. */
  get current(): Person | undefined {
    return this.safe.people.find(({ id }) => id === this.#current);
  }

  /** Whether a request or a save is on its way, which a reload would only repeat but nobody should provoke. */
  get busy(): boolean {
    return this.#underway > 0;
  }

  choose(id: string): void {
    this.#current = id;
  }

  wallet(id: string): Wallet {
    const wallet = this.#wallets.get(id);
    if (!wallet) throw new BautaError("storage_damaged");
    return wallet;
  }

  /** Takes a wallet in, new or restored, and puts it on the screen. */
  async add(label: string, wallet: Wallet, nextRenewal: number): Promise<void> {
    const person: Person = { id: crypto.randomUUID(), label, nextRenewal };
    await this.safe.save(person, wallet.seal(this.safe.key));
    this.#wallets.set(person.id, wallet);
    this.#current = person.id;
  }

  async rename(person: Person, label: string): Promise<void> {
    await this.safe.describe({ ...person, label });
  }

  /** Said before a collection begins: whatever interrupts it then, its passes are not forgotten. */
  async renewSoon(person: Person): Promise<void> {
    await this.renewNextAt(person, 0);
  }

  async renewNextAt(person: Person, seconds: number): Promise<void> {
    await this.safe.describe({ ...this.#described(person), nextRenewal: seconds });
  }

  async remove(person: Person): Promise<void> {
    await this.safe.remove(person.id);
    this.#wallets.get(person.id)?.free();
    this.#wallets.delete(person.id);
    this.#current = this.safe.people[0]?.id;
  }

  /** Changes a wallet and keeps it. */
  async change(person: Person, act: (wallet: Wallet) => void): Promise<void> {
    await this.#underWay(() =>
      this.#step(person, (wallet) => {
        act(wallet);
        return true;
      }),
    );
  }

  /**
   * Runs an errand to its end, call by call, saving after each reply and before the next call. From the first save on the wallet
   * itself knows a pickup code, and the link may leave the inbox.
   */
  async run(person: Person, errand: Errand, empties?: "inbox"): Promise<void> {
    await this.#underWay(async () => {
      try {
        for (let call = errand.call(); call !== undefined; call = errand.call()) {
          const { status, body } = await send(call);
          await this.#step(person, (wallet) => errand.reply(status, body, wallet, now()), empties);
        }
      } finally {
        errand.free();
      }
    });
  }

  /** Whether a collection was begun and not ended. */
  isInterrupted(person: Person): boolean {
    const errands = this.wallet(person.id).interrupted(now());
    for (const errand of errands) errand.free();
    return errands.length > 0;
  }

  /** The labs that have no result yet. */
  waiting(person: Person): readonly WaitingView[] {
    return this.wallet(person.id).waiting();
  }

  /** Fetches the trust list once, and gives it to every wallet. */
  async takeNewestList(): Promise<void> {
    const [first] = this.people;
    if (!first) return;
    await this.#underWay(async () => {
      const { status, body } = await send(this.wallet(first.id).trustCall());
      if (status !== 200) throw new BautaError("list_missing", { status });
      for (const person of this.people) await this.#step(person, (wallet) => wallet.advance(body, now()) === "newer");
    });
  }

  /** Wipes the wallets from memory. */
  shut(): void {
    for (const wallet of this.#wallets.values()) wallet.free();
    this.#wallets.clear();
    this.safe.key.free();
  }

  /**
   * One change of one wallet, kept before the next one begins if `act` says that there is something to keep. Where the change is
   * refused, what it has left in memory is thrown away for what was saved last.
   */
  #step(person: Person, act: (wallet: Wallet) => boolean, empties?: "inbox"): Promise<void> {
    const turn = this.#last.then(async () => {
      try {
        const wallet = this.wallet(person.id);
        if (act(wallet)) await this.safe.save(this.#described(person), wallet.seal(this.safe.key), empties);
      } catch (error) {
        await this.#reread(person);
        throw error;
      }
    });
    this.#last = turn.catch(() => undefined);
    return turn;
  }

  /** As the register has it now: it may have been renamed since. */
  #described(person: Person): Person {
    return this.people.find(({ id }) => id === person.id) ?? person;
  }

  async #reread(person: Person): Promise<void> {
    const kept = Wallet.open(await this.safe.wallet(person.id), this.safe.key);
    this.#wallets.get(person.id)?.free();
    this.#wallets.set(person.id, kept);
  }

  async #underWay(act: () => Promise<void>): Promise<void> {
    this.#underway += 1;
    try {
      await act();
    } finally {
      this.#underway -= 1;
    }
  }
}

/** Seconds since 1970 by this phone's clock. */
export function now(): number {
  return Math.floor(Date.now() / 1000);
}
