import { afterEach, beforeEach, expect, test, vi } from "vitest";

import { Clockwork, renewAll } from "../../wallet/web/src/model/clockwork.js";
import type { Household } from "../../wallet/web/src/model/household.js";

const START = 1_795_500_000;
const MINUTE = 60;
const HOUR = 60 * MINUTE;
const ANNA = { id: "anna", label: "Anna" };

/** A household of one, and when something was sent for it: seconds after the start. */
class FakeHousehold {
  readonly lists: number[] = [];
  readonly renewals: number[] = [];
  people = [{ ...ANNA, nextRenewal: START }];
  /** Why today's question cannot be answered, if it cannot. */
  reason: string | undefined;
  passes = 3;
  records = 1;
  pairs = 0;
  works = true;
  listWorks = true;

  wallet() {
    const { reason } = this;
    const record = { passes: new Array(this.passes) };
    return {
      records: () => new Array(this.records).fill(record),
      policies: () => [reason === undefined ? { reason: null } : { reason: { code: reason } }],
      renewal: (index: number) => index,
      renewalsTogether: () => new Array(this.pairs).fill(undefined),
      nextRenewal: (now: number) => now + 18 * HOUR,
    };
  }

  /** No lab is waited for. */
  waiting(): [] {
    return [];
  }

  async run(): Promise<void> {
    this.renewals.push(sinceStart());
    if (!this.works) throw new Error("the office is away");
    this.reason = undefined;
    this.passes = 3;
  }

  async renewNextAt(_: unknown, nextRenewal: number): Promise<void> {
    this.people = [{ ...ANNA, nextRenewal }];
  }

  async takeNewestList(): Promise<void> {
    this.lists.push(sinceStart());
    if (!this.listWorks) throw new Error("no network");
  }
}

let household: FakeHousehold;
let troubles: unknown[];
let resting: boolean;
let online: boolean;

beforeEach(() => {
  vi.useFakeTimers({ now: START * 1000 });
  household = new FakeHousehold();
  troubles = [];
  [resting, online] = [false, true];
  vi.stubGlobal("navigator", {
    get onLine() {
      return online;
    },
  });
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

function sinceStart(): number {
  return Math.floor(Date.now() / 1000) - START;
}

function opened(): Clockwork {
  const clockwork = new Clockwork(household as unknown as Household, {
    resting: () => resting,
    listTaken: () => undefined,
    asked: () => undefined,
    renewed: (_, trouble) => troubles.push(trouble),
  });
  clockwork.start();
  return clockwork;
}

/** What chance says from now on, of every range: 0 for its least, 1 for nearly its most. */
function chance(part: number): void {
  vi.spyOn(crypto, "getRandomValues").mockImplementation((array) => {
    (array as Uint32Array)[0] = Math.min(2 ** 32 - 1, part * 2 ** 32);
    return array;
  });
}

const goOn = (seconds: number) => vi.advanceTimersByTimeAsync(seconds * 1000);

test("the list is fetched when the wallet is opened, and then every six hours, whoever it is", async () => {
  household.records = 0;
  opened();
  await goOn(24 * HOUR - 1);
  expect(household.lists).toEqual([0, 6 * HOUR, 12 * HOUR, 18 * HOUR]);
  expect(household.renewals).toEqual([]);
});

test("a list that cannot be fetched is tried again after half an hour", async () => {
  household.listWorks = false;
  opened();
  await goOn(HOUR);
  expect(household.lists).toEqual([0, HOUR / 2, HOUR]);
});

test.each([
  { part: 0, least: 2 * MINUTE },
  { part: 1, least: 10 * MINUTE - 1 },
])(
  "a renewal that is overdue when the wallet is opened waits two to ten minutes: $least seconds",
  async ({ part, least }) => {
    chance(part);
    opened();
    await goOn(12 * MINUTE);
    // The clock is looked at every ten seconds.
    expect(household.renewals).toEqual([Math.ceil(least / 10) * 10]);
    expect(troubles).toEqual([undefined]);
  },
);

test("chance spreads wallets that are opened in one moment over all of the eight minutes", async () => {
  const moments = new Set<number>();
  for (let wallet = 0; wallet < 40; wallet += 1) {
    vi.setSystemTime(START * 1000);
    chance(wallet / 40);
    household = new FakeHousehold();
    const clockwork = opened();
    await goOn(11 * MINUTE);
    clockwork.stop();
    moments.add(household.renewals[0] ?? -1);
  }
  expect([...moments]).toEqual(Array.from({ length: 40 }, (_, i) => Math.ceil((2 * MINUTE + i * 12) / 10) * 10));
});

test("what two records give together is fetched when each has been renewed alone", async () => {
  household.records = 2;
  household.pairs = 1;
  await renewAll(household as unknown as Household, { ...ANNA, nextRenewal: START });
  expect(household.renewals).toHaveLength(3);
});

test.each(["not_today", "outdated"])("with nothing to show (%s) it begins within fifteen seconds", async (reason) => {
  household.reason = reason;
  chance(1);
  opened();
  await goOn(30);
  expect(household.renewals).toEqual([20]);
});

test("a record whose passes were never fetched is not left waiting", async () => {
  household.passes = 0;
  household.people = [{ ...ANNA, nextRenewal: 0 }];
  opened();
  await goOn(30);
  expect(household.renewals).toHaveLength(1);
});

test("one that is not due is left alone, and comes when it is", async () => {
  household.people = [{ ...ANNA, nextRenewal: START + 5 * HOUR }];
  opened();
  await goOn(5 * HOUR - 10);
  expect(household.renewals).toEqual([]);
  await goOn(20);
  expect(household.renewals).toEqual([5 * HOUR]);
  // And the next one 18 hours later, as the core says here.
  await goOn(18 * HOUR + 10 * MINUTE);
  expect(household.renewals).toHaveLength(2);
});

test("nothing is sent while a code is on the screen, or without a network", async () => {
  household.reason = "not_today";
  resting = true;
  opened();
  await goOn(HOUR);
  resting = false;
  online = false;
  await goOn(HOUR);
  expect([household.lists, household.renewals]).toEqual([[], []]);
  online = true;
  await goOn(30);
  expect([household.lists.length, household.renewals.length]).toEqual([1, 1]);
});

test("with nothing to show, what did not work is tried three times within two minutes, and then every ten to thirty minutes", async () => {
  household.reason = "not_today";
  household.works = false;
  chance(0);
  opened();
  await goOn(22 * MINUTE);
  // The clock is looked at every ten seconds.
  expect(household.renewals).toEqual([10, 30, 50, 70, 70 + 10 * MINUTE, 70 + 20 * MINUTE]);
});

test("an office that does not answer is asked again after ten to thirty minutes, and the trouble is told until it does", async () => {
  household.works = false;
  chance(0);
  opened();
  await goOn(23 * MINUTE);
  expect(household.renewals).toEqual([2 * MINUTE, 12 * MINUTE, 22 * MINUTE]);
  expect(troubles.every((trouble) => trouble instanceof Error)).toBe(true);
  household.works = true;
  await goOn(10 * MINUTE);
  expect(troubles.at(-1)).toBe(undefined);
});

test("a wallet that is locked or removed does nothing any more", async () => {
  const clockwork = opened();
  await goOn(1);
  clockwork.stop();
  await goOn(24 * HOUR);
  expect([household.lists, household.renewals]).toEqual([[0], []]);
});
