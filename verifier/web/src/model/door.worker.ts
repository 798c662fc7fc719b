// The door itself, apart from the page: whatever happens in here, the page goes on.

import { BautaError, Door, List, load } from "bauta/verifier";
import type { Answer, Opening, Order } from "./messages";

/** Before there is a door, the list alone says what may be asked. */
let list: List | undefined;
let door: Door | undefined;

addEventListener("message", (event: MessageEvent<Order>) => {
  answer(event.data).then(
    (said) => postMessage(said),
    // A rejection would stay in here; an error reaches the page, which hires another worker.
    (failure: unknown) => setTimeout(() => reportError(failure)),
  );
});

async function answer(order: Order): Promise<Answer> {
  try {
    switch (order.kind) {
      case "look": {
        await load();
        list = List.of(order.held.root, order.held.list);
        return { kind: "looked", offer: { trust: list.trust(), policies: list.policies(order.now) } };
      }
      case "read": {
        await load();
        const known = List.of(order.held.root, order.held.list);
        try {
          return { kind: "read", poster: known.poster(order.poster) };
        } finally {
          known.free();
        }
      }
      case "open": {
        await load();
        door = open(order.opening, order.now);
        const question = door.question(order.now);
        const state = { trust: door.trust(), asking: door.asking(), opensAt: door.opensAt(), question };
        return { kind: "opened", state, memory: door.memory() };
      }
      case "draw": {
        const question = opened().question(order.now);
        return { kind: "drawn", question, memory: opened().memory() };
      }
      case "scan": {
        const verdict = opened().scan(order.text, order.now);
        if (opened().broken) throw new Error("the core has failed");
        return { kind: "verdict", verdict, memory: opened().memory() };
      }
      case "advance": {
        const held = door ?? list ?? opened();
        const outcome = held.advance(order.list, order.now);
        return { kind: "advanced", advance: { outcome, trust: held.trust(), question: door?.question(order.now) } };
      }
    }
  } catch (failure) {
    if (failure instanceof BautaError) return { kind: "refused", code: failure.code, params: failure.params };
    throw failure;
  }
}

/** Opened or resumed, a door asks one way until it is told otherwise. */
function open({ root, list, policy, by, memory }: Opening, now: number): Door {
  const fresh = memory ? Door.resume(root, list, policy, memory, now) : Door.open(root, list, policy, now);
  if (by.way === "nonce") fresh.askFresh(policy, now);
  if (by.way === "poster") fresh.hang(by.text, by.before, now);
  return fresh;
}

function opened(): Door {
  if (!door) throw new BautaError("internal");
  return door;
}
