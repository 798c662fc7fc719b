// Two tabs that change one wallet would overwrite each other: one has it, the others wait, and may ask for it.

const NAME = "bauta-wallet";
const ASK_AGAIN_MS = 200;

/**
 * Resolves once this tab has the wallet. `elsewhere` is called when another one has it first. When another tab asks for it later,
 * this one starts anew as soon as `calm` says that nothing is on its way, and waits then.
 */
export function ownTheWallet(elsewhere: () => void, calm: () => boolean): Promise<void> {
  return new Promise((owned, failed) => {
    const own = (): Promise<never> => {
      handOverWhenAsked(calm);
      owned();
      // Held until the tab is closed or loaded anew.
      return new Promise(() => undefined);
    };
    const first = navigator.locks.request(NAME, { ifAvailable: true }, (lock) => {
      if (lock) return own();
      elsewhere();
      navigator.locks.request(NAME, own).catch(failed);
      return undefined;
    });
    first.catch(failed);
  });
}

/** Asks the tab that has the wallet to hand it over. */
export function askForTheWallet(): void {
  const channel = new BroadcastChannel(NAME);
  channel.postMessage("please");
  channel.close();
}

function handOverWhenAsked(calm: () => boolean): void {
  new BroadcastChannel(NAME).addEventListener("message", () => {
    setInterval(() => {
      if (calm()) location.reload();
    }, ASK_AGAIN_MS);
  });
}
