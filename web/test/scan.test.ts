import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";

import { CodeReader, PATIENCE, ReaderFailed, type Workman } from "../src/scan/code-reader.js";
import type { Order, Report } from "../src/scan/messages.js";
import { Repeats } from "../src/scan/repeats.js";
import { StallWatch } from "../src/scan/stall.js";

describe("the reader", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  test("reads one picture after another with one worker", async () => {
    const { reader, hired } = office(answering);
    expect(await reader.read(picture(), "frame")).toEqual(["text 1"]);
    expect(await reader.read(picture(), "frame")).toEqual(["text 2"]);
    expect(hired).toHaveLength(1);
  });

  for (const [how, work] of Object.entries<Work>({
    traps: (worker, order) => worker.say({ kind: "failed", id: order.id }),
    dies: (worker) => worker.fail("error"),
    "says what nobody understands": (worker) => worker.fail("messageerror"),
    "answers another question": (worker, order) => worker.say({ kind: "read", id: order.id + 1, texts: ["x"] }),
  })) {
    test(`a worker that ${how} is replaced, and the next picture is read`, async () => {
      const { reader, hired } = office(work, answering);
      const lost = picture();
      await expect(reader.read(lost, "frame")).rejects.toThrow(ReaderFailed);
      expect([lost.closed, hired[0]?.ended]).toEqual([true, true]);
      expect(await reader.read(picture(), "frame")).toEqual(["text 1"]);
      expect(hired).toHaveLength(2);
    });
  }

  test("a worker that hangs is replaced within half a second", async () => {
    const { reader, hired } = office(() => {}, answering);
    const failure = expect(reader.read(picture(), "frame")).rejects.toThrow(ReaderFailed);
    await vi.advanceTimersByTimeAsync(PATIENCE.frame);
    await failure;
    expect(PATIENCE.frame).toBeLessThan(500);
    expect(hired[0]?.ended).toBe(true);
    expect(await reader.read(picture(), "frame")).toEqual(["text 1"]);
  });

  test("a chosen picture may take longer", async () => {
    const { reader } = office((worker, order) => {
      setTimeout(() => worker.say({ kind: "read", id: order.id, texts: [] }), 3000);
    });
    const read = reader.read(picture(), "picture");
    await vi.advanceTimersByTimeAsync(3000);
    expect(await read).toEqual([]);
  });

  test("a worker that never starts is a fault too", async () => {
    const { reader } = office("silent");
    const failure = expect(reader.read(picture(), "frame")).rejects.toThrow(ReaderFailed);
    await vi.advanceTimersByTimeAsync(60_000);
    await failure;
  });

  test("a worker that died while nobody asked is replaced without a word", async () => {
    const { reader, hired } = office(answering, answering);
    reader.warm();
    hired[0]?.fail("error");
    expect(await reader.read(picture(), "frame")).toEqual(["text 1"]);
    expect(hired).toHaveLength(2);
  });
});

test("a code is told once while it stays in sight, and again when it comes back", () => {
  const repeats = new Repeats();
  const told = (...seen: (string | undefined)[]) => seen.map((text) => repeats.isNews(text));
  expect(told("a", "a", undefined, "a")).toEqual([true, false, false, false]);
  expect(told("b", "a")).toEqual([true, true]);
  for (let i = 0; i < Repeats.ABSENT_PICTURES; i += 1) repeats.isNews(undefined);
  expect(told("a")).toEqual([true]);
  repeats.forget();
  expect(told("a")).toEqual([true]);
});

describe("a camera", () => {
  /** Asks every `step` milliseconds and returns when it was said to have stalled. */
  function stalledAfter(watch: StallWatch, step: number, until: number): number | undefined {
    for (let now = step; now <= until; now += step) if (watch.hasStalled(now)) return now;
    return undefined;
  }

  test("that is silent has stalled, and half a second is enough to say so", () => {
    expect(stalledAfter(new StallWatch(0), 80, 2000)).toBeLessThanOrEqual(500);
  });

  test("that sends five pictures a second has not", () => {
    const watch = new StallWatch(0);
    for (let now = 40; now < 10_000; now += 40) {
      if (now % 200 === 0) watch.saw();
      expect(watch.hasStalled(now)).toBe(false);
    }
  });

  test("is not to blame when this page was held up", () => {
    const watch = new StallWatch(0);
    watch.saw();
    expect(watch.hasStalled(5_000)).toBe(false);
    watch.saw();
    expect(watch.hasStalled(5_080)).toBe(false);
  });

  test("may take its time to start, and is watched from its first picture on", () => {
    const watch = new StallWatch(0);
    watch.awaitFirst(3000);
    expect(stalledAfter(watch, 80, 2800)).toBeUndefined();
    watch.saw();
    expect(stalledAfter(watch, 80, 10_000)).toBeDefined();
  });

  test("that never starts has stalled", () => {
    const watch = new StallWatch(0);
    watch.awaitFirst(3000);
    expect(stalledAfter(watch, 80, 10_000)).toBeGreaterThan(3000);
  });

  test("may take its time to be set, also while pictures come", () => {
    const watch = new StallWatch(0);
    watch.excuse(3000);
    watch.saw();
    expect(stalledAfter(watch, 80, 2900)).toBeUndefined();
  });
});

type Work = (worker: Apprentice, order: Order) => void;

const answering: Work = (worker, { id }) => worker.say({ kind: "read", id, texts: [`text ${id}`] });

/** A reader whose workers work as told, one after the other. */
function office(...works: (Work | "silent")[]): { reader: CodeReader; hired: Apprentice[] } {
  const hired: Apprentice[] = [];
  const reader = new CodeReader(() => {
    const worker = new Apprentice(works[hired.length] ?? "silent");
    hired.push(worker);
    return worker;
  });
  return { reader, hired };
}

class Apprentice implements Workman {
  ended = false;
  readonly #listeners = new Map<string, (event: { data?: Report }) => void>();

  constructor(readonly work: Work | "silent") {
    if (work !== "silent") queueMicrotask(() => this.say({ kind: "ready" }));
  }

  addEventListener(kind: string, listener: (event: { data?: Report }) => void): void {
    this.#listeners.set(kind, listener);
  }

  postMessage(order: Order): void {
    const { work } = this;
    if (work !== "silent") queueMicrotask(() => work(this, order));
  }

  terminate(): void {
    this.ended = true;
  }

  say(data: Report): void {
    this.#listeners.get("message")?.({ data });
  }

  fail(kind: "error" | "messageerror"): void {
    this.#listeners.get(kind)?.({});
  }
}

function picture(): ImageBitmap & { closed: boolean } {
  return {
    width: 1,
    height: 1,
    closed: false,
    close() {
      this.closed = true;
    },
  };
}
