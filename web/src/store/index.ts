// What a wallet page keeps on a phone.
//
//   Safe ──unlock──► OpenSafe ──save──► IndexedDB
//
// One random *storage key* seals everything: the wallets (by the core, which gets the key) and the register, which says whose
// they are. The storage key itself is sealed by the *device key*, an AES-GCM key that the browser does not hand out, and, if
// the person wants that, under a passphrase before that. So a copy of the database is of no use without this browser, and with
// a passphrase not even in it.
//
// Each save is one transaction: a reload at any moment finds the state before it or after it. The register knows the digest of
// each wallet and counts the saves; the last count is noted outside of the database too. A wallet, or the whole database, put
// back to an older state is noticed unless both were put back.

import { BautaError } from "../error.js";
import { digestOf, freshKey, importKey, seal, unseal } from "./sealing.js";
import { Shelves, type Changes } from "./shelves.js";

/** Seals 32 bytes under a passphrase, slowly, and opens them again: argon2id in the core. */
export interface PassphraseLock {
  seal(key: Uint8Array, passphrase: string): Uint8Array;
  /** Throws a `BautaError` when the passphrase is another one. */
  open(sealed: Uint8Array, passphrase: string): Uint8Array;
}

/** One wallet of this phone. */
export interface Person {
  readonly id: string;
  /** What its owner calls it. Never leaves this phone. */
  readonly label: string;
  /** When its passes are renewed in the background, in seconds since 1970. */
  readonly nextRenewal: number;
}

/** The number of the last save, outside of the database. */
export interface Counter {
  read(): number;
  note(count: number): void;
  clear(): void;
}

interface Entry extends Person {
  digest: string;
}

interface Register {
  count: number;
  people: Entry[];
}

const STORAGE_KEY_BYTES = 32;
const WITHOUT_PASSPHRASE = 0;
const WITH_PASSPHRASE = 1;

/** The safe as it is found: shut. */
export class Safe {
  private constructor(
    private readonly shelves: Shelves,
    private readonly device: CryptoKey,
    private readonly lock: PassphraseLock,
    private readonly counter: Counter,
  ) {}

  /** Opens the database; at the first start it makes it, and the device key. */
  static async find(lock: PassphraseLock, counter: Counter): Promise<Safe> {
    const shelves = await Shelves.open();
    return new Safe(shelves, await shelves.deviceKey(freshKey), lock, counter);
  }

  /** Whether there is anything in it. */
  async isNew(): Promise<boolean> {
    return (await this.shelves.get("lock")) === undefined;
  }

  async hasPassphrase(): Promise<boolean> {
    const lock = await this.shelves.get("lock");
    if (!lock) return false;
    const clear = await unseal(this.device, "lock", lock);
    const [kind] = clear;
    clear.fill(0);
    return kind === WITH_PASSPHRASE;
  }

  /** Makes an empty safe. `adopt` takes the storage key over; its bytes are wiped afterwards. */
  async create<K>(adopt: (raw: Uint8Array) => K): Promise<OpenSafe<K>> {
    const raw = crypto.getRandomValues(new Uint8Array(STORAGE_KEY_BYTES));
    const register: Register = { count: this.counter.read(), people: [] };
    const content = await importKey(raw);
    const sealed = await seal(content, "register", bytesOf(JSON.stringify(register)));
    await this.shelves.put({ lock: await this.locked(raw, undefined), register: sealed });
    return new OpenSafe(this, this.shelves, register, content, adopted(raw, adopt), this.counter);
  }

  /** Opens it, with the passphrase if it has one. */
  async unlock<K>(passphrase: string | undefined, adopt: (raw: Uint8Array) => K): Promise<OpenSafe<K>> {
    const lock = await this.shelves.get("lock");
    const sealed = await this.shelves.get("register");
    if (!lock || !sealed) throw new BautaError("storage_damaged");
    const raw = await this.unlocked(lock, passphrase);
    const content = await importKey(raw);
    const register = read(await unseal(content, "register", sealed));
    if (register.count < this.counter.read()) throw new BautaError("storage_rolled_back");
    return new OpenSafe(this, this.shelves, register, content, adopted(raw, adopt), this.counter);
  }

  /** Links that came before the safe was open. They wait here, sealed by the device key, so that a reload does not lose them. */
  async inbox(): Promise<string | undefined> {
    const sealed = await this.shelves.get("inbox");
    return sealed && new TextDecoder().decode(await unseal(this.device, "inbox", sealed));
  }

  async putInbox(link: string | undefined): Promise<void> {
    const inbox = link === undefined ? undefined : await seal(this.device, "inbox", bytesOf(link));
    await this.shelves.put({ inbox });
  }

  /** Removes everything, the device key included. */
  async destroy(): Promise<void> {
    await this.shelves.destroy();
    this.counter.clear();
  }

  /** The storage key as it lies in the database. */
  async locked(raw: Uint8Array, passphrase: string | undefined): Promise<Uint8Array> {
    const kind = passphrase === undefined ? WITHOUT_PASSPHRASE : WITH_PASSPHRASE;
    const inner = passphrase === undefined ? raw : this.lock.seal(raw, passphrase);
    return seal(this.device, "lock", Uint8Array.of(kind, ...inner));
  }

  private async unlocked(lock: Uint8Array, passphrase: string | undefined): Promise<Uint8Array<ArrayBuffer>> {
    const clear = await unseal(this.device, "lock", lock);
    const inner = clear.slice(1);
    const [kind] = clear;
    clear.fill(0);
    if (kind === WITHOUT_PASSPHRASE) return inner;
    if (kind !== WITH_PASSPHRASE || passphrase === undefined) throw new BautaError("passphrase_needed");
    const opened = this.lock.open(inner, passphrase);
    const raw = new Uint8Array(opened);
    opened.fill(0);
    return raw;
  }
}

/** The safe while it is open. `key` is the storage key as the core holds it. */
export class OpenSafe<K> {
  // Saves happen one after the other, in the order in which they were asked for.
  private last: Promise<void> = Promise.resolve();

  constructor(
    private readonly safe: Safe,
    private readonly shelves: Shelves,
    private register: Register,
    private content: CryptoKey,
    private held: K,
    private readonly counter: Counter,
  ) {}

  get key(): K {
    return this.held;
  }

  get people(): readonly Person[] {
    return this.register.people;
  }

  /** The sealed wallet of one person, if it is the one that was saved last. */
  async wallet(id: string): Promise<Uint8Array> {
    const entry = this.register.people.find((person) => person.id === id);
    const sealed = await this.shelves.get(shelf(id));
    if (!entry || !sealed) throw new BautaError("storage_damaged");
    if ((await digestOf(sealed)) !== entry.digest) throw new BautaError("storage_rolled_back");
    return sealed;
  }

  /**
   * Keeps the wallet of one person, in place of what was there. Done when it is on the disk. A link that the wallet has taken over
   * leaves the inbox in the same moment.
   */
  save(person: Person, sealed: Uint8Array, empties?: "inbox"): Promise<void> {
    return this.change(async ({ people, ...rest }) => {
      const entry: Entry = { ...person, digest: await digestOf(sealed) };
      const known = people.some(({ id }) => id === person.id);
      const kept = known ? people.map((other) => (other.id === person.id ? entry : other)) : [...people, entry];
      const changes: Changes = { [shelf(person.id)]: sealed };
      if (empties) changes[empties] = undefined;
      return { register: { ...rest, people: kept }, changes };
    });
  }

  /** Changes what the register says of a person. */
  describe(person: Person): Promise<void> {
    return this.change(({ people, ...rest }) => {
      const described = people.map((entry) => (entry.id === person.id ? { ...person, digest: entry.digest } : entry));
      return { register: { ...rest, people: described } };
    });
  }

  remove(id: string): Promise<void> {
    return this.change(({ people, ...rest }) => {
      const others = people.filter((person) => person.id !== id);
      return { register: { ...rest, people: others }, changes: { [shelf(id)]: undefined } };
    });
  }

  /**
   * Sets, changes or removes the passphrase. There is a new storage key afterwards and everything is sealed anew, so that no older
   * copy of the key opens what is kept from now on.
   */
  relock(
    passphrase: string | undefined,
    adopt: (raw: Uint8Array) => K,
    reseal: (sealed: Uint8Array, from: K, to: K) => Uint8Array,
  ): Promise<void> {
    return this.change(async (register) => {
      const raw = crypto.getRandomValues(new Uint8Array(STORAGE_KEY_BYTES));
      const lock = await this.safe.locked(raw, passphrase);
      const content = await importKey(raw);
      const key = adopted(raw, adopt);
      const changes: Changes = { lock };
      const people: Entry[] = [];
      for (const person of register.people) {
        const sealed = reseal(await this.wallet(person.id), this.held, key);
        changes[shelf(person.id)] = sealed;
        people.push({ ...person, digest: await digestOf(sealed) });
      }
      return { register: { ...register, people }, changes, keys: { content, held: key } };
    });
  }

  /** One transaction: the changes, and the register that belongs to them. Nothing counts here before it is on the disk. */
  private change(plan: (register: Register) => Plan<K> | Promise<Plan<K>>): Promise<void> {
    const turn = this.last.then(async () => {
      const { register, changes, keys } = await plan(this.register);
      const count = Math.max(register.count, this.counter.read()) + 1;
      const counted = { ...register, count };
      const content = keys?.content ?? this.content;
      const sealed = await seal(content, "register", bytesOf(JSON.stringify(counted)));
      await this.shelves.put({ ...changes, register: sealed });
      this.register = counted;
      this.content = content;
      this.held = keys?.held ?? this.held;
      // After the database: a crash in between leaves it newer than the number, which is fine.
      this.counter.note(count);
    });
    this.last = turn.catch(() => undefined);
    return turn;
  }
}

/** What one save changes. */
interface Plan<K> {
  register: Register;
  changes?: Changes;
  keys?: { content: CryptoKey; held: K };
}

function adopted<K>(raw: Uint8Array, adopt: (raw: Uint8Array) => K): K {
  try {
    return adopt(raw);
  } finally {
    raw.fill(0);
  }
}

function shelf(id: string): string {
  return `wallet/${id}`;
}

function bytesOf(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(text);
}

/** Wipes `clear`. What stands in it was written here and sealed: its form needs no second look. */
function read(clear: Uint8Array): Register {
  const register = JSON.parse(new TextDecoder().decode(clear)) as Register;
  clear.fill(0);
  return register;
}
