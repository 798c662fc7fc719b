/** Notices a camera that has stopped sending pictures. Asked at short intervals, told of each picture. */
export class StallWatch {
  /** A camera in poor light sends five pictures a second; one that is silent for twice that long has stopped. */
  static readonly PATIENCE_MS = 400;

  /** The most that one interval counts for: if we were asked late, this page was held up and not the camera. */
  static readonly LONGEST_STEP_MS = 150;

  #silence = 0;
  #asked: number;

  constructor(now: number) {
    this.#asked = now;
  }

  /** A picture came. */
  saw(): void {
    this.#silence = Math.min(this.#silence, 0);
  }

  /** Allows for a camera that is being started or set: torches and lenses take their time. */
  excuse(ms: number): void {
    this.#silence = -ms;
  }

  /** Whether the camera has stopped, at `now` in milliseconds. */
  hasStalled(now: number): boolean {
    this.#silence += Math.min(now - this.#asked, StallWatch.LONGEST_STEP_MS);
    this.#asked = now;
    return this.#silence > StallWatch.PATIENCE_MS;
  }
}
