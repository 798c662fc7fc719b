// AES-GCM with a key that the browser does not hand out. One version byte, the nonce, then what is sealed; its name is bound to
// it, so that no two things can be swapped.

import { BautaError } from "../error.js";

const VERSION = 1;
const NONCE_BYTES = 12;

export type SealedName = "lock" | "register" | "inbox";

/** Wipes `clear`. */
export async function seal(key: CryptoKey, name: SealedName, clear: Uint8Array<ArrayBuffer>): Promise<Uint8Array> {
  // 96 random bits under a key that seals a few times a day.
  const iv = crypto.getRandomValues(new Uint8Array(NONCE_BYTES));
  try {
    const sealed = await crypto.subtle.encrypt({ name: "AES-GCM", iv, additionalData: bound(name) }, key, clear);
    return Uint8Array.of(VERSION, ...iv, ...new Uint8Array(sealed));
  } finally {
    clear.fill(0);
  }
}

export async function unseal(key: CryptoKey, name: SealedName, bytes: Uint8Array): Promise<Uint8Array<ArrayBuffer>> {
  const iv = bytes.slice(1, 1 + NONCE_BYTES);
  const sealed = bytes.slice(1 + NONCE_BYTES);
  if (bytes[0] !== VERSION || iv.length !== NONCE_BYTES) throw new BautaError("storage_damaged");
  try {
    const clear = await crypto.subtle.decrypt({ name: "AES-GCM", iv, additionalData: bound(name) }, key, sealed);
    return new Uint8Array(clear);
  } catch {
    throw new BautaError("storage_damaged");
  }
}

/** A key that encrypts and decrypts and cannot be read, not even by this page. */
export function freshKey(): Promise<CryptoKey> {
  return crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
}

export function importKey(raw: Uint8Array<ArrayBuffer>): Promise<CryptoKey> {
  return crypto.subtle.importKey("raw", raw, "AES-GCM", false, ["encrypt", "decrypt"]);
}

export async function digestOf(bytes: Uint8Array): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", new Uint8Array(bytes)));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

function bound(name: SealedName): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(`bauta/v1/store/${name}`);
}
