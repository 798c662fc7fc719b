// The database itself: what lies in it is sealed, but for the key that cannot be read.

import { deleteDB, openDB, type DBSchema, type IDBPDatabase } from "idb";
import { BautaError } from "../error.js";

const DATABASE = "bauta-wallet";

interface Layout extends DBSchema {
  keys: { key: "device"; value: CryptoKey };
  sealed: { key: string; value: Uint8Array };
}

/** What is put (or removed, where there are no bytes) together or not at all. */
export type Changes = Record<string, Uint8Array | undefined>;

export class Shelves {
  private constructor(private readonly database: IDBPDatabase<Layout>) {}

  static async open(): Promise<Shelves> {
    try {
      const database = await openDB<Layout>(DATABASE, 1, {
        upgrade(fresh) {
          fresh.createObjectStore("keys");
          fresh.createObjectStore("sealed");
        },
        // Another tab removes everything: let it.
        blocking: (_current, _blocked, event) => (event.target as IDBDatabase).close(),
      });
      return new Shelves(database);
    } catch {
      throw new BautaError("storage_unavailable");
    }
  }

  /** The key of this browser, made at the first start. */
  async deviceKey(fresh: () => Promise<CryptoKey>): Promise<CryptoKey> {
    const found = await this.database.get("keys", "device");
    if (found) return found;
    await this.database.put("keys", await fresh(), "device");
    const kept = await this.database.get("keys", "device");
    if (!kept) throw new BautaError("storage_unavailable");
    return kept;
  }

  get(name: string): Promise<Uint8Array | undefined> {
    return this.database.get("sealed", name);
  }

  /** Waits until it is on the disk. */
  async put(changes: Changes): Promise<void> {
    try {
      const transaction = this.database.transaction("sealed", "readwrite", { durability: "strict" });
      for (const [name, bytes] of Object.entries(changes)) {
        void (bytes ? transaction.store.put(bytes, name) : transaction.store.delete(name));
      }
      await transaction.done;
    } catch {
      throw new BautaError("storage_full");
    }
  }

  /** Removes the whole database, the key included. */
  async destroy(): Promise<void> {
    this.database.close();
    await deleteDB(DATABASE);
  }
}
