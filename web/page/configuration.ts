// What a host writes down beside the page: `bauta.json`. The README of each page says what stands in it.

import { BautaError } from "../src/error.js";

export interface Configuration {
  /** The authority's root key, 64 hexadecimal digits. */
  readonly root: string;
  /** Where the newest trust list lies. */
  readonly trustList: string;
  readonly issuers: readonly Issuer[];
  readonly brand: Brand;
  /** Languages to offer, if not all. */
  readonly languages: readonly string[] | undefined;
}

/** A lab that this page may talk to. The host's CSP names its origin too. */
export interface Issuer {
  readonly name: string;
  readonly url: string;
}

export interface Brand {
  readonly name: string;
}

const FILE = "bauta.json";
const MAX_CHARACTERS = 64 * 1024;

export async function configuration(): Promise<Configuration> {
  let text: string;
  try {
    const response = await fetch(new URL(FILE, document.baseURI), { credentials: "omit", redirect: "error" });
    if (!response.ok) throw new BautaError("configuration_missing");
    text = await response.text();
  } catch {
    throw new BautaError("configuration_missing");
  }
  return read(text, document.baseURI);
}

/** Strict: a misspelt name would leave a page that trusts somebody else than its host believes. */
export function read(text: string, base: string): Configuration {
  if (text.length > MAX_CHARACTERS) throw wrong("size");
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw wrong("JSON");
  }
  const { root, trustList, issuers, brand, languages, ...others } = object(json, "bauta.json");
  for (const name of Object.keys(others)) throw wrong(name);
  return {
    root: matching(root, /^[0-9a-f]{64}$/, "root"),
    trustList: address(trustList, base, "trustList"),
    issuers: list(issuers, "issuers").map((issuer) => issuerOf(issuer, base)),
    brand: brand === undefined ? { name: "Bauta" } : brandOf(brand),
    languages: languages === undefined ? undefined : list(languages, "languages").map((tag) => line(tag, "languages")),
  };
}

function issuerOf(value: unknown, base: string): Issuer {
  const { name, url, ...others } = object(value, "issuers");
  for (const other of Object.keys(others)) throw wrong(`issuers.${other}`);
  // An issuer's address has no slash at the end; the core compares it letter by letter.
  return { name: line(name, "issuers.name"), url: address(url, base, "issuers.url").replace(/\/$/, "") };
}

function brandOf(value: unknown): Brand {
  const { name, ...others } = object(value, "brand");
  for (const other of Object.keys(others)) throw wrong(`brand.${other}`);
  return { name: line(name, "brand.name") };
}

function object(value: unknown, name: string): Record<string, unknown> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw wrong(name);
  return value as Record<string, unknown>;
}

function list(value: unknown, name: string): unknown[] {
  if (!Array.isArray(value)) throw wrong(name);
  return value;
}

function line(value: unknown, name: string): string {
  return matching(value, /^[^\p{Cc}\p{Cf}<>]{1,100}$/u, name);
}

function matching(value: unknown, form: RegExp, name: string): string {
  if (typeof value !== "string" || !form.test(value)) throw wrong(name);
  return value;
}

function address(value: unknown, base: string, name: string): string {
  const url = typeof value === "string" ? URL.parse(value, base) : null;
  const local = url !== null && ["localhost", "127.0.0.1", "[::1]"].includes(url.hostname);
  if (!url || url.username || url.password || url.hash) throw wrong(name);
  if (url.protocol !== "https:" && !(local && url.protocol === "http:")) throw wrong(name);
  return url.href;
}

function wrong(field: string): BautaError {
  return new BautaError("configuration_wrong", { field });
}
