// @ts-check
// Keeps the files of one version of a page, so that it starts without a network. The build writes three lines above this one:
//   const PAGE = "wallet"; const VERSION = "…"; const FILES = ["./", "./assets/…", …];
// Requests to other origins, to issuers and for trust lists pass by: they are never kept here.

const CONFIGURATION = "bauta.json";
const KIND = `bauta-${PAGE}-`;
const CACHE = KIND + VERSION;

const page = /** @type {ServiceWorkerGlobalScope} */ (/** @type {unknown} */ (self));
const home = new URL("./", page.location.href);
const kept = new Set(FILES.map((file) => new URL(file, home).href));

page.addEventListener("install", (event) => event.waitUntil(keepAll()));
page.addEventListener("activate", (event) => event.waitUntil(forgetOthers()));
page.addEventListener("message", (event) => {
  // Only the page knows when nobody would be disturbed.
  if (event.data === "take over") void page.skipWaiting();
});
page.addEventListener("fetch", (event) => {
  const answer = answerTo(event);
  if (answer) event.respondWith(answer);
});

async function keepAll() {
  const cache = await caches.open(CACHE);
  await cache.addAll(FILES.map((file) => new Request(new URL(file, home), { cache: "reload", credentials: "omit" })));
  // A page without its configuration says what is missing; that is no reason not to install it.
  await renew(CONFIGURATION);
}

async function forgetOthers() {
  const names = await caches.keys();
  await Promise.all(names.filter((name) => name.startsWith(KIND) && name !== CACHE).map((name) => caches.delete(name)));
  await page.clients.claim();
}

/** @param {FetchEvent} event */
function answerTo(event) {
  const { request } = event;
  // The part after # may hold a pickup code: it is dropped before anything else looks at the address.
  const url = new URL(request.url);
  url.hash = "";
  url.search = "";
  if (request.method !== "GET" || !url.href.startsWith(home.href)) return undefined;
  if (url.href === home.href || url.href === `${home.href}index.html`) {
    event.waitUntil(renewHeaders());
    return fromCache(home.href);
  }
  if (kept.has(url.href)) return fromCache(url.href);
  if (url.href === home.href + CONFIGURATION) {
    event.waitUntil(renew(CONFIGURATION));
    return fromCache(url.href);
  }
  return undefined;
}

/** @param {string} address */
async function fromCache(address) {
  const found = await caches.match(address, { cacheName: CACHE });
  return found ?? fetch(address, { credentials: "omit" });
}

/**
 * What was kept is used now; what is fetched meanwhile counts from the next start on.
 * @param {string} file
 */
async function renew(file) {
  const fresh = await fetched(file);
  if (fresh) await (await caches.open(CACHE)).put(new URL(file, home), fresh);
}

/**
 * The headers of the page say which issuers it may talk to. A host that changes only them does not make a new version, so they
 * are renewed with the page, as long as the page itself is the same.
 */
async function renewHeaders() {
  const fresh = await fetched("./");
  const cache = await caches.open(CACHE);
  const old = await cache.match(home);
  if (fresh && old && (await fresh.clone().text()) === (await old.text())) await cache.put(home, fresh);
}

/** @param {string} file */
async function fetched(file) {
  try {
    const response = await fetch(new URL(file, home), { cache: "no-cache", credentials: "omit" });
    return response.ok && !response.redirected ? response : undefined;
  } catch {
    return undefined;
  }
}
