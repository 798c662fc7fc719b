// The page from the phone's own memory: registered once, and replaced by a newer version only while nobody is using it.

/** How often a page that stays open looks for a newer version. */
const LOOK_EVERY_MS = 60 * 60 * 1000;
/** How often it asks whether nobody would be disturbed. */
const ASK_EVERY_MS = 5000;

/**
 * Keeps the page for use without a network. `idle` says whether the page may be loaded anew without anybody losing anything:
 * no code on the screen, nothing half typed, no collection under way.
 */
export async function keepOffline(idle: () => boolean): Promise<void> {
  if (!("serviceWorker" in navigator)) return;
  // Refused where a browser keeps nothing, in private windows say: the page then works as long as there is a network.
  const registration = await navigator.serviceWorker
    .register("./sw.js", { updateViaCache: "none" })
    .catch(() => undefined);
  if (!registration) return;
  setInterval(() => void registration.update().catch(() => undefined), LOOK_EVERY_MS);
  setInterval(() => takeOver(registration, idle), ASK_EVERY_MS);
}

function takeOver(registration: ServiceWorkerRegistration, idle: () => boolean): void {
  const { waiting } = registration;
  // Without a controller this is the first version, and it is on the screen already.
  if (!waiting || !navigator.serviceWorker.controller || !idle()) return;
  navigator.serviceWorker.addEventListener("controllerchange", () => location.reload(), { once: true });
  waiting.postMessage("take over");
}

/** Removes what the service worker has kept for this page, and the service worker. */
export async function forgetOffline(page: string): Promise<void> {
  for (const name of await caches.keys()) {
    if (name.startsWith(`bauta-${page}-`)) await caches.delete(name);
  }
  const registration = await navigator.serviceWorker?.getRegistration("./");
  await registration?.unregister();
}
