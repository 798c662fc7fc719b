import { decoders, type Decoder } from "./decode.js";
import type { Order, Report } from "./messages.js";

/** The part of a worker's scope that is used here. TypeScript knows pages and workers, but not both in one project. */
interface Scope {
  postMessage(report: Report): void;
  addEventListener(kind: "message", listener: (event: MessageEvent<Order>) => void): void;
}
const scope = globalThis as unknown as Scope;

const decoder: Promise<Decoder> = decoders();
decoder.then(
  () => scope.postMessage({ kind: "ready" }),
  // Thrown outside a promise, so that the page hears of it as an error of this worker.
  (reason: unknown) =>
    setTimeout(() => {
      throw reason;
    }),
);

scope.addEventListener("message", async ({ data: { id, image, thorough } }) => {
  try {
    scope.postMessage({ kind: "read", id, texts: await (await decoder).read(image, thorough) });
  } catch {
    // After a trap the decoder's memory is worth nothing. The page starts another worker.
    scope.postMessage({ kind: "failed", id });
  } finally {
    image.close();
  }
});
