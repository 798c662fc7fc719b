import "fake-indexeddb/auto";
import { IDBFactory } from "fake-indexeddb";
import { openDB } from "idb";
import { beforeEach, expect, test } from "vitest";

import { BautaError } from "../src/error.js";
import { Safe, type Counter, type OpenSafe, type PassphraseLock } from "../src/store/index.js";

type Key = number[];

const adopt = (raw: Uint8Array): Key => [...raw];
const anna = { id: "a", label: "Anna", nextRenewal: 5 };
const bilal = { id: "b", label: "Bilal", nextRenewal: 6 };

/** Stands for argon2id, which the core has and which is slow on purpose. */
const lock: PassphraseLock = {
  seal: (key, passphrase) => Uint8Array.of(...new TextEncoder().encode(passphrase), 0, ...key),
  open(sealed, passphrase) {
    const end = sealed.indexOf(0);
    if (new TextDecoder().decode(sealed.slice(0, end)) !== passphrase) throw new BautaError("passphrase_wrong");
    return sealed.slice(end + 1);
  },
};

let counted = 0;
const counter: Counter = {
  read: () => counted,
  note: (count) => (counted = count),
  clear: () => (counted = 0),
};

const find = () => Safe.find(lock, counter);
const unlock = async (passphrase?: string) => (await find()).unlock(passphrase, adopt);
const codeOf = (error: unknown) => (error instanceof BautaError ? error.code : String(error));
const refusal = (act: Promise<unknown>) => act.then(() => "none", codeOf);

/** Everything that lies in the database, by its name. */
async function lying(): Promise<Map<string, Uint8Array>> {
  const database = await openDB("bauta-wallet");
  const [names, values] = [await database.getAllKeys("sealed"), await database.getAll("sealed")];
  database.close();
  return new Map(names.map((name, i) => [String(name), values[i] as Uint8Array]));
}

async function putBack(name: string, bytes: Uint8Array): Promise<void> {
  const database = await openDB("bauta-wallet");
  await database.put("sealed", bytes, name);
  database.close();
}

async function withAnna(): Promise<OpenSafe<Key>> {
  const safe = await (await find()).create(adopt);
  await safe.save(anna, Uint8Array.of(1, 2, 3));
  return safe;
}

beforeEach(() => {
  globalThis.indexedDB = new IDBFactory();
  counted = 0;
});

test("what was saved is there after a reload, for each person", async () => {
  const safe = await withAnna();
  await safe.save(bilal, Uint8Array.of(9));
  await safe.save(anna, Uint8Array.of(4));
  await safe.describe({ ...bilal, label: "Bilal B.", nextRenewal: 9 });
  const again = await unlock();
  expect(again.people.map(({ label, nextRenewal }) => [label, nextRenewal])).toEqual([
    ["Anna", 5],
    ["Bilal B.", 9],
  ]);
  expect([...(await again.wallet("a"))]).toEqual([4]);
  expect([...(await again.wallet("b"))]).toEqual([9]);
  expect(again.key).toEqual(safe.key);
});

test("saves that are asked for at once all happen", async () => {
  const safe = await withAnna();
  await Promise.all([1, 2, 3, 4, 5].map((n) => safe.save({ ...anna, id: `p${n}` }, Uint8Array.of(n))));
  expect((await unlock()).people).toHaveLength(6);
});

test("the names of people and the storage key lie there sealed, and the device key cannot be read", async () => {
  const safe = await withAnna();
  for (const bytes of (await lying()).values()) {
    expect(Buffer.from(bytes).includes("Anna")).toBe(false);
    expect(Buffer.from(bytes).includes(Buffer.from(safe.key))).toBe(false);
  }
  const database = await openDB("bauta-wallet");
  const device = (await database.get("keys", "device")) as CryptoKey;
  database.close();
  expect(device.extractable).toBe(false);
  await expect(crypto.subtle.exportKey("raw", device)).rejects.toThrow();
});

test("the bytes of the storage key are wiped once the core has it", async () => {
  let seen: Uint8Array | undefined;
  await (await find()).create((raw) => (seen = raw));
  expect(seen?.every((byte) => byte === 0)).toBe(true);
});

test("with a passphrase nothing opens without it, and older copies of the key open nothing", async () => {
  const safe = await withAnna();
  const before = await lying();
  const oldKey = safe.key;
  await safe.relock("correct horse", adopt, (sealed) => sealed.map((byte) => byte + 1));
  expect(safe.key).not.toEqual(oldKey);
  expect(await (await find()).hasPassphrase()).toBe(true);
  expect(await refusal(unlock())).toBe("passphrase_needed");
  expect(await refusal(unlock("wrong"))).toBe("passphrase_wrong");
  expect([...(await (await unlock("correct horse")).wallet("a"))]).toEqual([2, 3, 4]);
  await putBack("lock", before.get("lock")!);
  expect(await refusal(unlock())).toBe("storage_damaged");
});

test("a passphrase can be removed again", async () => {
  const safe = await withAnna();
  await safe.relock("correct horse", adopt, (sealed) => sealed);
  await safe.relock(undefined, adopt, (sealed) => sealed);
  expect(await (await find()).hasPassphrase()).toBe(false);
  expect((await unlock()).people).toHaveLength(1);
});

test("an older wallet put back by itself is noticed", async () => {
  const safe = await withAnna();
  const old = (await lying()).get("wallet/a")!;
  await safe.save(anna, Uint8Array.of(7, 7, 7));
  await putBack("wallet/a", old);
  expect(await refusal((await unlock()).wallet("a"))).toBe("storage_rolled_back");
});

test("an older database put back as a whole is noticed by the number of its last save", async () => {
  const safe = await withAnna();
  const old = await lying();
  await safe.save(anna, Uint8Array.of(7));
  for (const [name, bytes] of old) await putBack(name, bytes);
  expect(await refusal(unlock())).toBe("storage_rolled_back");
});

test("no flipped bit and no swapped place goes unnoticed", async () => {
  await withAnna();
  const whole = await lying();
  for (const [name, bytes] of whole) {
    for (const at of [0, bytes.length >> 1, bytes.length - 1]) {
      await putBack(
        name,
        bytes.map((byte, i) => (i === at ? byte ^ 1 : byte)),
      );
      expect(await refusal(unlock().then((safe) => safe.wallet("a"))), `${name}, byte ${at}`).not.toBe("none");
    }
    await putBack(name, bytes);
  }
  await putBack("register", whole.get("lock")!);
  expect(await refusal(unlock())).toBe("storage_damaged");
});

test("a failed save changes nothing", async () => {
  const safe = await withAnna();
  await expect(
    safe.relock("correct horse", adopt, () => {
      throw new BautaError("broken");
    }),
  ).rejects.toThrow("broken");
  await safe.save(anna, Uint8Array.of(8));
  expect([...(await (await unlock()).wallet("a"))]).toEqual([8]);
});

test("a link waits until the safe is open, and leaves with the save that takes it over", async () => {
  const safe = await find();
  await safe.putInbox("https://lab.example/offer#ABC");
  expect(await (await find()).inbox()).toBe("https://lab.example/offer#ABC");
  expect(Buffer.concat([...(await lying()).values()]).includes("ABC")).toBe(false);
  const open = await safe.create(adopt);
  await open.save(anna, Uint8Array.of(1));
  expect(await safe.inbox()).toBeDefined();
  await open.save(anna, Uint8Array.of(2), "inbox");
  expect(await safe.inbox()).toBeUndefined();
});

test("after everything was removed nothing is left, and the next wallet starts anew", async () => {
  const open = await withAnna();
  await open.remove("a");
  expect([...(await lying()).keys()]).not.toContain("wallet/a");
  const safe = await find();
  await safe.destroy();
  expect((await indexedDB.databases()).map(({ name }) => name)).toEqual([]);
  expect(counted).toBe(0);
  expect(await (await find()).isNew()).toBe(true);
});
