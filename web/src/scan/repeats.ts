/**
 * A camera sees one code in many pictures, and a hand holds it there while the verdict is read. This says of each picture whether
 * its code is news: a code is told once, and again only after it has been out of sight.
 */
export class Repeats {
  /** Pictures in a row without the code after which it counts as gone. A blurred picture or two is no absence. */
  static readonly ABSENT_PICTURES = 8;

  #held: string | undefined;
  #absent = 0;

  /** Whether the text of this picture is to be told. `undefined`: there was none in it. */
  isNews(text: string | undefined): boolean {
    if (text === undefined) {
      this.#absent += 1;
      if (this.#absent >= Repeats.ABSENT_PICTURES) this.forget();
      return false;
    }
    this.#absent = 0;
    if (text === this.#held) return false;
    this.#held = text;
    return true;
  }

  /** Takes the next code as news, whatever it is. */
  forget(): void {
    this.#held = undefined;
    this.#absent = 0;
  }
}
