// All that a venue's browser keeps: the newest trust list, which is public, and whether it makes sounds. Nothing of what is scanned.

import { openDB, type DBSchema } from "idb";

interface Layout extends DBSchema {
  lists: { key: "newest"; value: Uint8Array };
}

const DATABASE = "bauta-verifier";
const MUTED = "bauta-verifier-muted";

export async function keptList(): Promise<Uint8Array | undefined> {
  return (await shelf()).get("lists", "newest");
}

export async function keepList(list: Uint8Array): Promise<void> {
  await (await shelf()).put("lists", list, "newest");
}

export function isMuted(): boolean {
  return localStorage.getItem(MUTED) === "yes";
}

export function mute(muted: boolean): void {
  localStorage.setItem(MUTED, muted ? "yes" : "no");
}

function shelf() {
  return openDB<Layout>(DATABASE, 1, {
    upgrade(fresh) {
      fresh.createObjectStore("lists");
    },
  });
}
