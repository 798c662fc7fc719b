import { afterEach, beforeEach, expect, test, vi } from "vitest";

import type { DoorGuard } from "../../verifier/web/src/model/guard.js";
import { Venue } from "../../verifier/web/src/model/venue.js";

/** A minute without the fifteen seconds that a service may take which hands the list on. */
const SOON_MS = 45_000;
const START = 1_795_500_000_000;

/** What is published, and when it was asked for: milliseconds since the start. */
const network = vi.hoisted(() => ({
  published: 1,
  asked: [] as number[],
  /** What becomes of the next requests. */
  fates: [] as ("lost" | "hanging")[],
}));

vi.mock("../../web/page/configuration.js", () => ({
  configuration: async () => ({
    root: "00",
    trustList: "https://authority.example/list",
    issuers: [],
    brand: { name: "Bauta" },
  }),
}));
vi.mock("../../web/page/network.js", () => ({
  trustList: async () => {
    network.asked.push(Date.now());
    const fate = network.fates.shift();
    if (fate === "lost") throw new Error("no network");
    if (fate === "hanging") return new Promise<never>(() => undefined);
    return Uint8Array.of(network.published);
  },
}));
vi.mock("../../verifier/web/src/model/shelf.js", () => ({
  keptList: async () => undefined,
  keepList: async () => undefined,
}));

/** Decides by the list that it was given last. */
class FakeGuard {
  version = 0;

  async look({ list }: { list: Uint8Array }) {
    return { trust: this.#holds(list), policies: [{ name: "entry" }] };
  }

  async open({ list }: { list: Uint8Array }) {
    return { trust: this.#holds(list), asking: { way: "one_way" }, opensAt: 0, question: undefined };
  }

  async advance(list: Uint8Array) {
    const outcome = (list[0] ?? 0) > this.version ? "newer" : "same";
    return { outcome, trust: this.#holds(list), question: undefined };
  }

  async check() {
    return { accepted: false, code: "internal", params: {} };
  }

  #holds(list: Uint8Array) {
    this.version = list[0] ?? 0;
    return { version: this.version };
  }
}

let guard: FakeGuard;
let venue: Venue;

beforeEach(async () => {
  vi.useFakeTimers({ now: START });
  vi.stubGlobal("navigator", { onLine: true });
  Object.assign(network, { published: 1, asked: [], fates: [] });
  guard = new FakeGuard();
  venue = new Venue(guard as unknown as DoorGuard);
  await venue.start();
  await venue.ask({ name: "entry" } as never);
  expect(guard.version).toBe(1);
  network.asked.length = 0;
});
afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

/** Publishes another list after so many milliseconds; how long it took until the door decided by it. */
async function untilHere(after: number, ...fates: ("lost" | "hanging")[]): Promise<number> {
  await vi.advanceTimersByTimeAsync(after);
  network.published += 1;
  network.fates.push(...fates);
  const published = Date.now();
  for (let second = 0; second < 120 && guard.version < network.published; second += 1) {
    await vi.advanceTimersByTimeAsync(1000);
  }
  expect(guard.version).toBe(network.published);
  return Date.now() - published;
}

test("whatever is published is here within a minute, though a fetch is lost", async () => {
  for (const after of [0, 1, 10_000, 19_999, 20_000, 20_001, 35_000]) {
    expect(await untilHere(after)).toBeLessThanOrEqual(SOON_MS / 2);
    expect(await untilHere(after, "lost")).toBeLessThanOrEqual(SOON_MS);
  }
});

test("a fetch that is never answered does not hold up the next", async () => {
  expect(await untilHere(0, "hanging")).toBeLessThanOrEqual(SOON_MS);
});

test("the pace is the same for everybody, and no scan and no trouble changes it", async () => {
  network.fates.push("lost", "hanging", "lost");
  for (let second = 0; second < 120; second += 1) {
    await vi.advanceTimersByTimeAsync(1000);
    await venue.check("BTA1:A");
  }
  expect(network.asked.map((at) => (at - (network.asked[0] ?? 0)) / 1000)).toEqual([0, 20, 40, 60, 80, 100]);
});

test("without a network nothing is asked, and it goes on where there is one again", async () => {
  vi.stubGlobal("navigator", { onLine: false });
  await vi.advanceTimersByTimeAsync(120_000);
  expect(network.asked).toEqual([]);
  vi.stubGlobal("navigator", { onLine: true });
  expect(await untilHere(0)).toBeLessThanOrEqual(SOON_MS / 2);
});
