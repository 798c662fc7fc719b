/** The work took too long. */
export class TooLate extends Error {
  override readonly name = "TooLate";
}

/** The result of `work` if it comes within so many milliseconds; else throws {@link TooLate}. */
export async function within<T>(ms: number, work: Promise<T>): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new TooLate()), ms);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
