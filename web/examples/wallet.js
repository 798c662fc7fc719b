// A wallet: collects a result by the lab's link, fetches the passes of the coming days, and shows one. A page that is to survive a
// reload keeps `wallet.seal(key)` where `reply` says true.
import { load, Wallet } from "bauta/wallet";

const now = () => Date.now() / 1000;
const bytesOf = async (response) => new Uint8Array(await response.arrayBuffer());

export async function hold({ root, trustList, link }) {
  await load();
  const wallet = Wallet.create(root, await bytesOf(await fetch(trustList)), trustList, now());
  await carryOut(wallet, wallet.collect(link, now()));
  await carryOut(wallet, wallet.renewal(0));
  return wallet;
}

async function carryOut(wallet, errand) {
  for (let call = errand.call(); call; call = errand.call()) {
    const headers = { Accept: call.accept };
    if (call.contentType) headers["Content-Type"] = call.contentType;
    if (call.bearer) headers["Authorization"] = `Bearer ${call.bearer}`;
    const { method, url, body } = call;
    const response = await fetch(url, { method, body, headers, credentials: "omit", cache: "no-store" });
    errand.reply(response.status, await bytesOf(response), wallet, now());
  }
}

export function show(wallet, policyName) {
  const policy = wallet.policies(now()).find(({ name }) => name === policyName);
  return { learns: wallet.learns(policy.id, now()), code: wallet.show(policy.id, now()) };
}
