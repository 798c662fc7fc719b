// The last line: whatever nobody caught ends here, and the page says so instead of looking as if all were well.

/** `fail` is called once, with the first thing that went wrong. */
export function whenNobodyCatches(fail: (error: unknown) => void): void {
  addEventListener("error", (event) => fail(event.error ?? event.message), { once: true });
  addEventListener("unhandledrejection", (event) => fail(event.reason), { once: true });
}
