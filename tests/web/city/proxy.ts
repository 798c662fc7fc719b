// All that the browser sends, whoever in it sends it: pages, workers, service workers, and the browser itself.

import { createServer, request, type IncomingHttpHeaders, type OutgoingHttpHeaders, type Server } from "node:http";
import { connect, type AddressInfo } from "node:net";

/** Chromium itself asks these, whatever it is told; no page does. */
const BROWSERS_OWN = ["update.googleapis.com", "accounts.google.com", "content-autofill.googleapis.com"];

const LOOPBACK = ["localhost", "127.0.0.1"];

/** A request as the browser sent it. */
export interface Asked {
  readonly url: URL;
  readonly method: string;
  readonly headers: IncomingHttpHeaders;
}

export class Proxy {
  #server: Server;
  #asked: URL[] = [];
  #requests: Asked[] = [];
  #planted: OutgoingHttpHeaders = {};
  #cut = false;

  private constructor(server: Server) {
    this.#server = server;
  }

  static async start(): Promise<Proxy> {
    const server = createServer();
    const proxy = new Proxy(server);
    server.on("request", (from, answer) => {
      const url = new URL(from.url ?? "");
      if (BROWSERS_OWN.includes(url.hostname)) return void from.socket.destroy();
      proxy.#asked.push(url);
      proxy.#requests.push({ url, method: from.method ?? "", headers: from.headers });
      if (proxy.#cut) return void from.socket.destroy();
      // A connection of its own for each: one that was kept may be closed by the server just when the next request sets out on it.
      const how = { method: from.method ?? "GET", headers: from.headers, agent: false };
      const on = request(url, how, (said) => {
        answer.writeHead(said.statusCode ?? 502, { ...said.headers, ...proxy.#planted });
        said.pipe(answer);
      });
      on.on("error", () => from.socket.destroy());
      from.pipe(on);
    });
    // A tunnel: what a test itself fetches goes through one. Pages would need it for TLS, which nothing here has.
    server.on("connect", (from, socket) => {
      const url = new URL(`https://${from.url ?? ""}`);
      if (!BROWSERS_OWN.includes(url.hostname)) proxy.#asked.push(url);
      if (proxy.#cut || !LOOPBACK.includes(url.hostname)) return void socket.destroy();
      const on = connect(Number(url.port), url.hostname, () => {
        socket.write("HTTP/1.1 200 Connection established\r\n\r\n");
        on.pipe(socket).pipe(on);
      });
      for (const end of [on, socket]) end.on("error", () => [on, socket].forEach((each) => each.destroy()));
    });
    await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
    return proxy;
  }

  get address(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Waits until nothing was asked for so long: browsers look for newer service workers some time after a page was opened. */
  async quiet(milliseconds: number): Promise<void> {
    let asked;
    do {
      asked = this.#asked.length;
      await new Promise((over) => setTimeout(over, milliseconds));
    } while (this.#asked.length > asked);
  }

  /** Everything asked since the last time. */
  taken(): URL[] {
    return this.#asked.splice(0);
  }

  /** All requests since the last time, as they were sent; what goes through a tunnel is not among them. */
  requests(): Asked[] {
    return this.#requests.splice(0);
  }

  /** From now on every answer carries this along, as that of a server might which wants to know visitors again. */
  plant(headers: OutgoingHttpHeaders): void {
    this.#planted = headers;
  }

  /** No network at all. */
  cut(): void {
    this.#cut = true;
  }

  mend(): void {
    this.#cut = false;
  }

  end(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }
}
