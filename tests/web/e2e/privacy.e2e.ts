// What leaves a device, what stays on it, and what cannot run on it.

import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Chromium } from "../city/browser";
import { City } from "../city/city";
import { codeFile } from "../camera/code";
import { tracesOf } from "../city/traces";
import { textsIn } from "../corpus/corpus";
import { ofPng } from "../camera/picture";
import { Citizen } from "../people/citizen";
import { Organiser } from "../people/organiser";
import { Venue } from "../people/venue";

let city: City;

beforeAll(async () => {
  city = await City.found();
});
afterAll(() => city?.end());

test("from the first tap to the verdict, each page asks its own origin and the lab, and nobody else", async () => {
  const chromium = await Chromium.start();
  try {
    const anna = await Citizen.withPasses(city, await chromium.device());
    const asked = chromium.proxy.taken();
    expect(new Set(asked.map((url) => url.origin))).toEqual(new Set(origins(city.places.wallet, city.places.lab)));
    // A code that was sent in an address would stand in somebody's log.
    expect(asked.filter((url) => url.search !== "" || url.hash !== "").map(String)).toEqual([]);

    const venue = await Venue.at(city, await chromium.device());
    await venue.askAndWait("entry", anna);
    expect((await venue.sees(chromium, await anna.screen())).word).toBe("accepted");
    const checked = new Set(chromium.proxy.taken().map((url) => url.origin));
    expect([...checked].filter((origin) => !origins(city.places.verifier, city.places.lab).includes(origin))).toEqual(
      [],
    );
  } finally {
    await chromium.end();
  }
});

test("a venue's browser keeps nothing of what it has scanned", async () => {
  const [phone, door] = [await Chromium.start(), await Chromium.atHome()];
  try {
    const anna = await Citizen.withPasses(city, await phone.device());
    const venue = await Venue.at(city, door.home);
    await venue.askAndWait("entry", anna);
    const picture = await anna.picture();
    const [text = ""] = await textsIn(ofPng(picture));
    expect(text).toMatch(/^BTA1:/);
    expect((await venue.reads(picture)).word).toBe("accepted");
    expect((await venue.sees(door, await anna.screen())).word).toBe("accepted");

    // So that the search is known to find: another code is kept in every way that a page has.
    const planted = ownPart((await textsIn(await anna.screen()))[0]);
    await venue.page.evaluate(keepEverywhere, planted);
    await door.close();

    const profile = join(door.folder, "profile");
    const places = tracesOf(profile, planted).map((file) => file.slice(profile.length));
    for (const kind of ["Local Storage", "IndexedDB", "CacheStorage"]) {
      expect(
        places.filter((place) => place.includes(kind)),
        kind,
      ).not.toEqual([]);
    }
    expect(tracesOf(profile, ownPart(text))).toEqual([]);
    expect(tracesOf(profile, HELD_BY_LISTS), "the list is kept as it is").not.toEqual([]);
  } finally {
    await phone.end();
    await door.end();
  }
});

test("of a poster neither the browser of the door keeps anything nor that of its guest, nor of the answer", async () => {
  const home = await Chromium.atHome();
  try {
    const theatre = await Organiser.certified(city, "Canal theatre");
    const poster = theatre.poster();
    const venue = await Venue.at(city, home.home);
    await venue.hangs("event", await codeFile(poster));
    const anna = await Citizen.withPasses(city, home.home);
    await anna.readQuestion(await codeFile(poster));
    await anna.agree();
    const picture = await anna.code.screenshot();
    const [answer = ""] = await textsIn(ofPng(picture));
    expect((await venue.reads(picture)).word).toBe("accepted");
    await venue.page.evaluate(keepEverywhere, "planted ".repeat(20));
    await home.close();
    const profile = join(home.folder, "profile");
    for (const secret of [ownPart(poster), ownPart(answer), theatre.name])
      expect(tracesOf(profile, secret)).toEqual([]);
    expect(tracesOf(profile, "planted ".repeat(20)), "the search finds what is there").not.toEqual([]);
  } finally {
    await home.end();
  }
});

test("a wallet is sealed where the browser keeps it", async () => {
  const phone = await Chromium.atHome();
  try {
    const { link } = city.result();
    const anna = await Citizen.withPasses(city, phone.home, link);
    await anna.page.waitForFunction(() => navigator.serviceWorker.controller !== null);
    await phone.close();
    const profile = join(phone.folder, "profile");
    const kept = ["IndexedDB", "Local Storage", "Session Storage", "Service Worker"];
    const ours = (file: string) => kept.some((kind) => file.includes(kind));
    // The browser itself keeps addresses in its history, fragments too: a code is spent by then, and opens nothing.
    expect(tracesOf(profile, link.slice(link.indexOf("#") + 1)).filter(ours), "the pickup code").toEqual([]);
    // A wallet holds a trust list.
    expect(tracesOf(profile, HELD_BY_LISTS).filter(ours)).toEqual([]);
    expect(tracesOf(profile, city.places.settings.root).filter(ours), "the search finds what is there").not.toEqual([]);
  } finally {
    await phone.end();
  }
});

test("markup and foreign scripts do not run, whoever asks for it", async () => {
  const chromium = await Chromium.start();
  try {
    for (const address of [city.places.wallet, city.places.verifier]) {
      const device = await chromium.device();
      const page = await device.open(address);
      const stopped = await page.evaluate(async () => {
        const stops = (act: () => unknown) => {
          try {
            act();
            return false;
          } catch {
            return true;
          }
        };
        const sent = (url: string) =>
          fetch(url).then(
            () => true,
            () => false,
          );
        return {
          markup: stops(() => (document.createElement("div").innerHTML = "<b>x</b>")),
          script: stops(() => (document.createElement("script").text = "1")),
          // Later, because the debugger that runs this may do what the page may not.
          code: await new Promise((said) => setTimeout(() => said(stops(() => new Function("1"))))),
          worker: stops(() => new Worker("https://example.org/worker.js")),
          elsewhere: await sent("https://example.org/"),
        };
      });
      expect(stopped).toEqual({ markup: true, script: true, code: true, worker: true, elsewhere: false });
      await device.end();
    }
    expect(chromium.proxy.taken().filter((url) => url.hostname === "example.org")).toEqual([]);
  } finally {
    await chromium.end();
  }
});

/** Of a pass office: stands in the trust list, and nowhere else. */
const HELD_BY_LISTS = "City pass office";

/** What no other code has: all begin with the same question, key and day. */
function ownPart(text = ""): string {
  return text.slice(-360);
}

function origins(...addresses: string[]): string[] {
  return addresses.map((address) => new URL(address).origin);
}

/** Runs in the page. */
async function keepEverywhere(text: string): Promise<void> {
  localStorage.setItem("planted", text);
  await (await caches.open("planted")).put("/planted", new Response(text));
  await new Promise<void>((kept, failed) => {
    const opening = indexedDB.open("planted", 1);
    opening.onupgradeneeded = () => opening.result.createObjectStore("planted");
    opening.onerror = () => failed(opening.error);
    opening.onsuccess = () => {
      const change = opening.result.transaction("planted", "readwrite");
      change.objectStore("planted").put(text, "planted");
      change.oncomplete = () => kept();
    };
  });
}
