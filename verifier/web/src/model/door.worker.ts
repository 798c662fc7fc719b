// The door itself, apart from the page: whatever happens in here, the page goes on.

import { BautaError, Door, List, load } from "bauta/verifier";
import type { Answer, Order } from "./messages";

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
      case "open": {
        await load();
        const { root, list, policy, memory } = order.opening;
        door = memory ? Door.resume(root, list, policy, memory, order.now) : Door.open(root, list, policy, order.now);
        const state = { trust: door.trust(), opensAt: door.opensAt(), question: door.question(order.now) };
        return { kind: "opened", state, memory: door.memory() };
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

function opened(): Door {
  if (!door) throw new BautaError("internal");
  return door;
}
