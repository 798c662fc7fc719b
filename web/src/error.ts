/** What went wrong, as a code that never changes. The sentence for people comes from the texts of `code`, with `params` in it. */
export class BautaError extends Error {
  override readonly name = "BautaError";

  constructor(
    readonly code: string,
    readonly params: Readonly<Record<string, string | number>> = {},
  ) {
    super(code);
  }
}
