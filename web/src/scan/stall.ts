/** Notices a camera that has stopped sending pictures. Asked at short intervals, told of each picture. */
export class StallWatch {
  /** A camera in poor light sends five pictures a second. With the time it takes to say so, red stands within half a second. */
  static readonly PATIENCE_MS = 350;

  /** The most that one interval counts for: if we were asked late, this page was held up and not the camera. */
  static readonly LONGEST_STEP_MS = 150;

  #silence = 0;
  #excused = 0;
  #first = false;
  #asked: number;

  constructor(now: number) {
    this.#asked = now;
  }

  /** A picture came. */
  saw(): void {
    this.#silence = 0;
    if (this.#first) this.#excused = 0;
    this.#first = false;
  }

  /** Allows for a camera that starts: it has so long for its first picture. */
  awaitFirst(ms: number): void {
    this.#first = true;
    this.#excused = ms;
  }

  /** Allows for a camera that is being set: torches and lenses take their time. */
  excuse(ms: number): void {
    this.#excused = Math.max(this.#excused, ms);
  }

  /** Whether the camera has stopped, at `now` in milliseconds. */
  hasStalled(now: number): boolean {
    const step = Math.min(now - this.#asked, StallWatch.LONGEST_STEP_MS);
    this.#asked = now;
    if (this.#excused > 0) this.#excused -= step;
    else this.#silence += step;
    return this.#silence > StallWatch.PATIENCE_MS;
  }
}
