// Sends what the core wants to have sent. Nothing goes along that would tell one wallet from another: no cookie, no cached
// validator, no referrer.

import { BautaError } from "../src/error.js";

/** One request, as the core writes it. */
export interface Call {
  readonly method: "GET" | "POST";
  readonly url: string;
  readonly accept: string;
  readonly contentType?: string | undefined;
  readonly body?: string | undefined;
  readonly bearer?: string | undefined;
}

export interface Reply {
  readonly status: number;
  readonly body: Uint8Array;
}

const DEADLINE_MS = 30_000;
/** No answer of an issuer, an office or the authority is longer. */
const MAX_BYTES = 2 * 1024 * 1024;

export async function send(call: Call): Promise<Reply> {
  const headers = new Headers({ Accept: call.accept });
  if (call.contentType !== undefined) headers.set("Content-Type", call.contentType);
  if (call.bearer !== undefined) headers.set("Authorization", `Bearer ${call.bearer}`);
  try {
    const response = await fetch(call.url, {
      method: call.method,
      headers,
      body: call.body ?? null,
      credentials: "omit",
      cache: "no-store",
      redirect: "error",
      referrerPolicy: "no-referrer",
      signal: AbortSignal.timeout(DEADLINE_MS),
    });
    return { status: response.status, body: await bodyOf(response) };
  } catch (error) {
    if (error instanceof BautaError) throw error;
    throw new BautaError("unreachable", { host: new URL(call.url).host });
  }
}

/** Fetches a trust list. */
export async function trustList(url: string): Promise<Uint8Array> {
  const { status, body } = await send({ method: "GET", url, accept: "application/cbor" });
  if (status !== 200) throw new BautaError("list_missing", { status });
  return body;
}

async function bodyOf(response: Response): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  const reader = response.body?.getReader();
  for (let part = await reader?.read(); part && !part.done; part = await reader?.read()) {
    length += part.value.length;
    if (length > MAX_BYTES) {
      await reader?.cancel();
      throw new BautaError("unreadable_reply");
    }
    chunks.push(part.value);
  }
  const body = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    body.set(chunk, at);
    at += chunk.length;
    chunk.fill(0);
  }
  return body;
}
