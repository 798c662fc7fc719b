// The wallet page from its start to its end, without anything that is seen.
//
//   starting ──► elsewhere (another tab has the wallet)
//            ──► new ──► open ◄──► locked
//                         └─────► gone

import { Safe, type OpenSafe, type Person } from "bauta/store";
import { type Ask, BautaError, load, passphraseLock, StorageKey, Wallet } from "bauta/wallet";
import { configuration, type Configuration, type Issuer } from "../../../../web/page/configuration";
import { trustList } from "../../../../web/page/network";
import { forgetOffline } from "../../../../web/page/offline";
import { Clockwork, renewAll } from "./clockwork";
import { Household, now } from "./household";
import { lastSave } from "./keeping";
import { ownTheWallet } from "./tabs";

/** Where the page stands. */
export type Phase =
  | { readonly is: "starting" | "elsewhere" | "new" | "locked" | "gone" }
  | { readonly is: "open"; readonly household: Household }
  | { readonly is: "fault"; readonly error: unknown };

/** A link to a result that waits for its owner's word. */
export interface Waiting {
  readonly link: string;
  /** Whom it goes to, if the host's configuration knows it. */
  readonly issuer: Issuer | undefined;
}

/** With a passphrase, a wallet that nobody looks at for so long is locked. */
const LOCK_AFTER_MS = 5 * 60_000;

export class App extends EventTarget {
  #phase: Phase = { is: "starting" };
  #configuration: Configuration | undefined;
  #safe: Safe | undefined;
  #open: OpenSafe<StorageKey> | undefined;
  #clockwork: Clockwork | undefined;
  #link: string | undefined;
  #lockTimer: ReturnType<typeof setTimeout> | undefined;

  /** What the background could not do, by person, until it can. */
  readonly troubles = new Map<string, unknown>();
  /** Why a lab that has no result yet could not be asked again, by person. */
  readonly waitingTroubles = new Map<string, unknown>();
  /** What was scanned at an entrance. In memory alone, and not in the browser's history: it says where somebody is. */
  scanned: Ask | undefined;
  /** Set while a code is on the screen: nothing is sent then. */
  showing = false;

  get phase(): Phase {
    return this.#phase;
  }

  get configuration(): Configuration {
    if (!this.#configuration) throw new BautaError("configuration_missing");
    return this.#configuration;
  }

  /** What the host calls this wallet, once that is known. */
  get brandName(): string {
    return this.#configuration?.brand.name ?? "Bauta";
  }

  get offeredLanguages(): readonly string[] | undefined {
    return this.#configuration?.languages;
  }

  get hasPassphrase(): Promise<boolean> {
    return this.#found().hasPassphrase();
  }

  /** `link` came with the page's address. */
  async start(link: string | undefined): Promise<void> {
    await this.#orFault(async () => {
      this.#configuration = await configuration();
      await load();
      await ownTheWallet(
        () => this.#become({ is: "elsewhere" }),
        () => this.#phase.is !== "open" || !this.#phase.household.busy,
      );
      this.#safe = await Safe.find(passphraseLock, lastSave);
      if (link !== undefined) await this.#safe.putInbox(link);
      this.#link = await this.#safe.inbox();
      if (await this.#safe.isNew()) this.#become({ is: "new" });
      else if (await this.#safe.hasPassphrase()) this.#become({ is: "locked" });
      else await this.#enter(await this.#safe.unlock(undefined, StorageKey.from));
    });
  }

  async unlock(passphrase: string): Promise<void> {
    await this.#enter(await this.#found().unlock(passphrase, StorageKey.from));
  }

  /** Locks it now. */
  lock(): void {
    this.#shut({ is: "locked" });
  }

  /** Makes the first wallet of this phone. */
  async begin(label: string): Promise<void> {
    const wallet = await this.#newWallet();
    await this.#enter(await this.#found().create(StorageKey.from), { label, wallet });
  }

  /** Makes the first wallet of this phone from a backup. */
  async beginWith(label: string, backup: Uint8Array, passphrase: string): Promise<void> {
    const wallet = Wallet.restore(backup, passphrase);
    await this.#enter(await this.#found().create(StorageKey.from), { label, wallet });
  }

  /** Makes one more wallet. */
  async add(label: string): Promise<void> {
    await this.household.add(label, await this.#newWallet(), 0);
    this.changed();
  }

  async addFrom(label: string, backup: Uint8Array, passphrase: string): Promise<void> {
    await this.household.add(label, Wallet.restore(backup, passphrase), 0);
    this.changed();
  }

  /** Sets, changes or (without one) removes the passphrase. */
  async setPassphrase(passphrase: string | undefined): Promise<void> {
    if (!this.#open) throw new BautaError("storage_damaged");
    const old = this.#open.key;
    await this.#open.relock(passphrase, StorageKey.from, (sealed, from, to) => {
      const wallet = Wallet.open(sealed, from);
      try {
        return wallet.seal(to);
      } finally {
        wallet.free();
      }
    });
    old.free();
    this.changed();
  }

  /** Removes everything that this page has ever kept on this phone. */
  async removeEverything(): Promise<void> {
    this.#shut({ is: "gone" });
    await this.#found().destroy();
    await forgetOffline("wallet");
    this.#link = undefined;
  }

  get household(): Household {
    if (this.#phase.is !== "open") throw new BautaError("storage_damaged");
    return this.#phase.household;
  }

  get waiting(): Waiting | undefined {
    const link = this.#link;
    return link === undefined ? undefined : { link, issuer: this.#issuerOf(link) };
  }

  /** Keeps a link until its owner says what shall become of it. */
  async offer(link: string): Promise<void> {
    await this.#found().putInbox(link);
    this.#link = link;
    this.changed();
  }

  async refuseOffer(): Promise<void> {
    await this.#found().putInbox(undefined);
    this.#link = undefined;
    this.changed();
  }

  /** Redeems the link that waits, and fetches the passes that come of it. */
  async collect(person: Person): Promise<void> {
    const link = this.#link;
    if (link === undefined) return;
    const errand = this.household.wallet(person.id).collect(link, now());
    await this.household.renewSoon(person);
    try {
      await this.household.run(person, errand, "inbox");
      // Where the lab is waited for already nothing was sent, and nothing saved.
      await this.#found().putInbox(undefined);
    } finally {
      // Once the wallet itself knows the code the link is gone, whatever fails after that.
      this.#link = await this.#found().inbox();
      this.changed();
    }
  }

  async collectSpoken(person: Person, issuer: string, code: string, factor: string): Promise<void> {
    const errand = this.household.wallet(person.id).collectSpoken(issuer, code, factor, now());
    await this.household.renewSoon(person);
    await this.household.run(person, errand);
    this.changed();
  }

  /** Goes on with collections that a reload or a lost connection has interrupted, up to their passes. */
  async goOn(person: Person): Promise<void> {
    const errands = this.household.wallet(person.id).interrupted(now());
    if (errands.length === 0) return;
    for (const errand of errands) await this.household.run(person, errand);
    this.changed();
    await this.renew(person);
  }

  /** Gives up waiting for labs that have no result. */
  async stopWaiting(person: Person): Promise<void> {
    await this.household.change(person, (wallet) => wallet.forgetWaiting());
    this.#asked(person, undefined);
  }

  async renew(person: Person): Promise<void> {
    await renewAll(this.household, person);
    this.#renewed(person, undefined);
  }

  changed(): void {
    this.dispatchEvent(new Event("change"));
  }

  /** Whether the page may be loaded anew without anybody noticing. */
  idle(): boolean {
    if (this.showing) return false;
    if (this.#phase.is === "open") return document.hidden && !this.#phase.household.busy;
    return this.#phase.is === "elsewhere" || this.#phase.is === "fault" || document.hidden;
  }

  fail(error: unknown): void {
    this.#shut({ is: "fault", error });
  }

  /** Called when the page is hidden and when it is seen again. */
  watched(hidden: boolean): void {
    clearTimeout(this.#lockTimer);
    if (hidden) this.#lockTimer = setTimeout(() => void this.#lockIfUnwatched(), LOCK_AFTER_MS);
  }

  async #lockIfUnwatched(): Promise<void> {
    if (this.#phase.is !== "open" || !(await this.hasPassphrase)) return;
    if (this.#phase.household.busy) this.watched(true);
    else this.lock();
  }

  async #enter(open: OpenSafe<StorageKey>, first?: { label: string; wallet: Wallet }): Promise<void> {
    const household = await Household.of(open);
    if (first) {
      await household.add(first.label, first.wallet, 0);
      // Asked once there is something to lose. A browser that says no keeps it all the same until it runs out of room.
      void navigator.storage?.persist?.();
    }
    this.#open = open;
    this.#clockwork = new Clockwork(household, {
      resting: () => this.showing,
      listTaken: () => this.changed(),
      renewed: (person, trouble) => this.#renewed(person, trouble),
      asked: (person, trouble) => this.#asked(person, trouble),
    });
    this.#become({ is: "open", household });
    this.#clockwork.start();
    for (const person of household.people) this.goOn(person).catch((trouble) => this.#renewed(person, trouble));
  }

  #renewed(person: Person, trouble: unknown): void {
    if (trouble === undefined) this.troubles.delete(person.id);
    else this.troubles.set(person.id, trouble);
    this.changed();
  }

  #asked(person: Person, trouble: unknown): void {
    if (trouble === undefined) this.waitingTroubles.delete(person.id);
    else this.waitingTroubles.set(person.id, trouble);
    this.changed();
  }

  async #newWallet(): Promise<Wallet> {
    const { root, trustList: source } = this.configuration;
    return Wallet.create(root, await trustList(source), source, now());
  }

  #issuerOf(link: string): Issuer | undefined {
    const plain = decodeURIComponent(link.replace(/%(?![0-9a-fA-F]{2})/g, "%25"));
    return this.configuration.issuers.find(({ url }) => plain.includes(`${url}/`));
  }

  #found(): Safe {
    if (!this.#safe) throw new BautaError("storage_unavailable");
    return this.#safe;
  }

  #shut(next: Phase): void {
    this.#clockwork?.stop();
    if (this.#phase.is === "open") this.#phase.household.shut();
    this.#open = undefined;
    this.scanned = undefined;
    this.showing = false;
    this.#become(next);
  }

  #become(phase: Phase): void {
    this.#phase = phase;
    this.changed();
  }

  async #orFault(act: () => Promise<void>): Promise<void> {
    try {
      await act();
    } catch (error) {
      this.fail(error);
    }
  }
}
