// Scanners that plug in by USB type what they read, anywhere on the page, and end with Enter. People do not type that fast.

/** More time than this between two keys, and it was a hand. */
const HAND_MS = 100;
/** Fewer letters than this is no code. */
const LEAST = 8;

export class TypedCodes {
  #text = "";
  #last = 0;

  /** `found` is called with each text that a scanner has typed. */
  constructor(private readonly found: (text: string) => void) {}

  /** Takes a key. True if it belongs to a scanner, and nothing else shall come of it. */
  key(key: string, at: number): boolean {
    const fast = at - this.#last <= HAND_MS;
    this.#last = at;
    if (!fast) this.#text = "";
    if (key === "Enter") {
      const text = this.#text;
      this.#text = "";
      if (text.length < LEAST) return false;
      this.found(text);
      return true;
    }
    if ([...key].length !== 1) return false;
    this.#text += key;
    // The first key may be a hand's: a space that presses a button, say.
    return this.#text.length > 1;
  }
}
