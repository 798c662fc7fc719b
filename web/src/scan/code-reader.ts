import type { Order, Report } from "./messages.js";
import { within } from "./within.js";

/** A picture was not read: the worker died, hung or lost its mind. Nothing is known of what is in the picture. */
export class ReaderFailed extends Error {
  override readonly name = "ReaderFailed";
}

/** What a worker tells: a report, or that it failed. */
interface Told {
  readonly data?: Report;
  preventDefault?(): void;
}

/** The part of a `Worker` that is used. */
export interface Workman {
  postMessage(order: Order, transfer: Transferable[]): void;
  terminate(): void;
  addEventListener(kind: "message" | "error" | "messageerror", listener: (event: Told) => void): void;
}

/** How long the answer for a picture may take, in milliseconds, once the worker has started. */
export const PATIENCE = {
  /** One of many from a camera. With the wait for the picture and the time it takes to say so, red stands within half a second. */
  frame: 400,
  /** A picture that somebody chose: large, and no one waits at a door. */
  picture: 10_000,
} as const;

/** How long a worker may take to load. */
const START_MS = 20_000;

/**
 * Reads codes in a worker, and survives it: a worker that fails is replaced by a fresh one, so that the next picture is read.
 * One picture at a time.
 */
export class CodeReader {
  readonly #hire: () => Workman;
  #desk: Desk | undefined;

  constructor(hire: () => Workman = ourWorker) {
    this.#hire = hire;
  }

  /** Starts the worker, so that the first picture does not wait for it. */
  warm(): void {
    this.#atWork();
  }

  /** The texts in the picture, which is used up. Throws {@link ReaderFailed}. */
  async read(image: ImageBitmap, kind: keyof typeof PATIENCE): Promise<readonly string[]> {
    const desk = this.#atWork();
    try {
      return await desk.read(image, kind);
    } catch {
      image.close();
      if (desk === this.#desk) this.dispose();
      throw new ReaderFailed();
    }
  }

  /** Ends the worker. A later {@link read} starts another. */
  dispose(): void {
    this.#desk?.close();
    this.#desk = undefined;
  }

  #atWork(): Desk {
    if (!this.#desk?.open) this.#desk = new Desk(this.#hire());
    return this.#desk;
  }
}

function ourWorker(): Workman {
  return new Worker(new URL("./worker.ts", import.meta.url), { type: "module" }) as unknown as Workman;
}

/** One worker, from its start to its end. */
class Desk {
  readonly #workman: Workman;
  readonly #started: Promise<void>;
  #start: () => void = () => {};
  #giveUp: (failure: ReaderFailed) => void = () => {};
  #waiting: { id: number; resolve(texts: readonly string[]): void; reject(failure: ReaderFailed): void } | undefined;
  #last = 0;
  #open = true;

  constructor(workman: Workman) {
    this.#workman = workman;
    this.#started = new Promise((resolve, reject) => {
      this.#start = resolve;
      this.#giveUp = reject;
    });
    // Whoever reads hears of it; without a reader nobody has to.
    this.#started.catch(() => {});
    workman.addEventListener("message", ({ data }) => this.#hear(data));
    workman.addEventListener("error", (event) => {
      // Dealt with: without this it would count as a fault of the page around.
      event.preventDefault?.();
      this.close();
    });
    workman.addEventListener("messageerror", () => this.close());
  }

  get open(): boolean {
    return this.#open;
  }

  async read(image: ImageBitmap, kind: keyof typeof PATIENCE): Promise<readonly string[]> {
    await within(START_MS, this.#started);
    const id = ++this.#last;
    const answer = new Promise<readonly string[]>((resolve, reject) => {
      this.#waiting = { id, resolve, reject };
    });
    this.#workman.postMessage({ id, image, thorough: kind === "picture" }, [image]);
    return within(PATIENCE[kind], answer);
  }

  close(): void {
    this.#open = false;
    this.#workman.terminate();
    this.#giveUp(new ReaderFailed());
    this.#waiting?.reject(new ReaderFailed());
    this.#waiting = undefined;
  }

  #hear(report: Report | undefined): void {
    if (report?.kind === "ready") return this.#start();
    if (report?.kind === "read" && report.id === this.#waiting?.id) {
      this.#waiting.resolve(report.texts);
      this.#waiting = undefined;
      return;
    }
    this.close();
  }
}
