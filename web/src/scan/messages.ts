/** One picture on its way to the worker. */
export interface Order {
  readonly id: number;
  readonly image: ImageBitmap;
  /** Whether to try longer: for a picture that somebody chose, and not for one of many from a camera. */
  readonly thorough: boolean;
}

/** What the worker says: that it can begin, what it read, or that it must not be asked again. */
export type Report =
  | { readonly kind: "ready" }
  | { readonly kind: "read"; readonly id: number; readonly texts: readonly string[] }
  | { readonly kind: "failed"; readonly id: number };
