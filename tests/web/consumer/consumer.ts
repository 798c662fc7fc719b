// An app maker's code, compiled and run with the packed package alone: e2e/package.e2e.ts.

import type { BautaScanner, BautaVerdict, Showing } from "bauta";
import { BautaError, Door, List, load, type Verdict } from "bauta/verifier";
import { load as loadWallet, StorageKey, Wallet, type Call, type Errand } from "bauta/wallet";

/** A door behind the elements. */
export function wire(scanner: BautaScanner, verdict: BautaVerdict, door: Door): void {
  scanner.addEventListener("bauta-code", (event) => {
    const { text } = (event as CustomEvent<{ text: string }>).detail;
    const decided: Verdict = door.scan(text, Date.now() / 1000);
    verdict.show(decided);
    if (!decided.accepted) console.log(decided.code);
  });
}

/** Runs an errand to its end. */
export async function carryOut(
  wallet: Wallet,
  errand: Errand,
  send: (call: Call) => Promise<{ status: number; body: Uint8Array }>,
): Promise<Uint8Array | undefined> {
  let kept: Uint8Array | undefined;
  for (let call = errand.call(); call; call = errand.call()) {
    const { status, body } = await send(call);
    if (errand.reply(status, body, wallet, Date.now() / 1000)) {
      kept = wallet.seal(StorageKey.from(crypto.getRandomValues(new Uint8Array(32))));
    }
  }
  return kept;
}

/** What a `<bauta-pass>` is given. */
export const codeFor =
  (wallet: Wallet, policy: string): (() => Showing) =>
  () =>
    wallet.show(policy, Date.now() / 1000);

/** Starts both cores from their files, and says with which codes they refuse nonsense. */
export async function refusals(verifier: BufferSource, wallet: BufferSource): Promise<string[]> {
  await load(verifier);
  await loadWallet(wallet);
  const nothing = new Uint8Array();
  return [
    refusal(() => List.of("no root", nothing)),
    refusal(() => Wallet.create("no root", nothing, "https://trust.example/list", 0)),
    refusal(() => StorageKey.from(nothing)),
  ];
}

function refusal(act: () => unknown): string {
  try {
    act();
    return "none";
  } catch (error) {
    return error instanceof BautaError ? error.code : String(error);
  }
}
