import { afterEach, beforeEach, expect, test, vi } from "vitest";

import { CHECK_MS, DoorGuard, type Workman } from "../../verifier/web/src/model/guard.js";
import type { Answer, AskingBy, Order } from "../../verifier/web/src/model/messages.js";

const held = { root: "00", list: Uint8Array.of(1) };
const trust = { version: 1 } as never;
const oneWay = { way: "one_way" } as const;
const poster = { way: "poster", text: "BTA1E:0", before: "nobody_came" } as const;
const green = { accepted: true, policy: "entry", day: "2026-11-24", shown: [], freshness: "fresh" } as const;
const red = { accepted: false, code: "internal", params: {} };

/** What a worker is told to do next: answer, fall silent, or die. */
type Mood = "well" | "silent" | "dead";

/** A worker that remembers as the real one does: how many codes it has seen. */
class FakeWorker implements Workman {
  ended = false;
  /** In which ways it was told to ask. */
  readonly opened: AskingBy[] = [];
  #hear: (event: { data?: Answer }) => void = () => {};
  #fail: () => void = () => {};
  #seen = 0;

  constructor(private readonly mood: () => Mood) {}

  addEventListener(kind: string, listener: (event: { data?: Answer }) => void): void {
    if (kind === "message") this.#hear = listener;
    if (kind === "error") this.#fail = () => listener({});
  }

  postMessage(order: Order): void {
    const mood = order.kind === "scan" || order.kind === "draw" ? this.mood() : "well";
    setTimeout(() => {
      if (this.ended || mood === "silent") return;
      if (mood === "dead") this.#fail();
      else this.#hear({ data: this.#answer(order) });
    }, 10);
  }

  terminate(): void {
    this.ended = true;
  }

  #answer(order: Order): Answer {
    switch (order.kind) {
      case "look":
        return { kind: "looked", offer: { trust, policies: [] } };
      case "open":
        this.#seen = order.opening.memory?.[0] ?? 0;
        this.opened.push(order.opening.by);
        if (order.opening.policy === "none") return { kind: "refused", code: "no_such_policy", params: {} };
        return {
          kind: "opened",
          state: { trust, asking: order.opening.by as never, question: undefined, opensAt: this.#seen },
          memory: Uint8Array.of(this.#seen),
        };
      case "read":
        return { kind: "read", poster: { organiser: order.poster } as never };
      case "draw":
        this.#seen += 1;
        return {
          kind: "drawn",
          question: { text: String(this.#seen), size: 0, modules: Uint8Array.of() },
          memory: Uint8Array.of(this.#seen),
        };
      case "advance":
        return { kind: "advanced", advance: { outcome: "newer", trust, question: undefined } };
      case "scan":
        this.#seen += 1;
        return {
          kind: "verdict",
          verdict: { ...green, policy: String(this.#seen) },
          memory: Uint8Array.of(this.#seen),
        };
    }
  }
}

let hired: FakeWorker[];
let moods: Mood[];
let guard: DoorGuard;

beforeEach(() => {
  vi.useFakeTimers();
  hired = [];
  moods = [];
  const hire = () => {
    const worker = new FakeWorker(() => moods.shift() ?? "well");
    hired.push(worker);
    return worker;
  };
  guard = new DoorGuard(hire, () => 0);
});
afterEach(() => {
  vi.useRealTimers();
});

/** Lets a worker have all the time that it takes. */
async function soon<T>(promise: Promise<T>): Promise<T> {
  await vi.advanceTimersByTimeAsync(60_000);
  return promise;
}

test("a code is judged by the worker", async () => {
  await soon(guard.open(held, "entry", oneWay));
  expect(await soon(guard.check("BTA1:A"))).toEqual({ ...green, policy: "1" });
});

test("without an open door everything is red", async () => {
  expect(await soon(guard.check("BTA1:A"))).toEqual(red);
});

test.each(["silent", "dead"] as const)(
  "a worker that is %s is red within half a second, and the next scan works",
  async (mood) => {
    await soon(guard.open(held, "entry", oneWay));
    await soon(guard.check("BTA1:A"));
    moods = [mood];
    const verdict = guard.check("BTA1:B");
    let said = false;
    void verdict.then(() => (said = true));
    await vi.advanceTimersByTimeAsync(CHECK_MS);
    expect(said).toBe(true);
    expect(CHECK_MS).toBeLessThan(500);
    expect(await verdict).toEqual(red);
    // A fresh worker, which knows of the one code that was judged before.
    expect(await soon(guard.check("BTA1:C"))).toEqual({ ...green, policy: "2" });
    expect(hired.map((worker) => worker.ended)).toEqual([...hired.slice(1).map(() => true), false]);
  },
);

test("codes that come at once are judged one after the other", async () => {
  await soon(guard.open(held, "entry", oneWay));
  moods = ["silent"];
  const verdicts = ["A", "B", "C"].map((text) => guard.check(text));
  expect((await soon(Promise.all(verdicts))).map(({ accepted }) => accepted)).toEqual([false, true, true]);
});

test("a door that stays shut says why, and nothing is judged", async () => {
  const opened = guard.open(held, "none", oneWay).catch((error: { code: string }) => error.code);
  expect(await soon(opened)).toBe("no_such_policy");
  expect(await soon(guard.check("BTA1:A"))).toEqual(red);
});

test("what was seen stays seen when something else is asked", async () => {
  await soon(guard.open(held, "entry", oneWay));
  await soon(guard.check("BTA1:A"));
  guard.shut();
  expect((await soon(guard.open(held, "member", oneWay))).opensAt).toBe(1);
});

test("a fresh worker asks in the same way, and somebody has vouched only for the time before the first", async () => {
  const asked = (await soon(guard.open(held, "event", poster))).asking;
  expect(asked).toEqual(poster);
  moods = ["dead"];
  await soon(guard.check("BTA1:A"));
  await soon(guard.check("BTA1:B"));
  expect(hired.map((worker) => worker.opened)).toEqual([[poster], [{ ...poster, before: "unknown" }]]);
  guard.shut();
  const again = await soon(guard.open(held, "event", poster));
  expect(again.asking).toEqual(poster);
});

test("what is drawn for a screen is remembered, and a worker that cannot draw is replaced", async () => {
  await soon(guard.open(held, "entry", { way: "nonce" }));
  expect((await soon(guard.draw()))?.text).toBe("1");
  moods = ["silent"];
  expect(await soon(guard.draw())).toBeUndefined();
  // The next worker knows of the first.
  expect((await soon(guard.draw()))?.text).toBe("2");
});

test("a poster is read without a door", async () => {
  expect((await soon(guard.read(held, "BTA1E:1"))).organiser).toBe("BTA1E:1");
});
