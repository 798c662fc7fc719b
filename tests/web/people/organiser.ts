// An organiser of events, who signs posters with the real program.

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { City } from "../city/city";

/** The programme's time is an hour ahead of Greenwich, and its days begin at four in the morning. */
const OFFSET_MS = 60 * 60 * 1000;
const DAWN_MS = 4 * 60 * 60 * 1000;
const MINUTE_MS = 60 * 1000;

/** When a poster may be answered, in minutes from now; without it, the whole day. */
export interface Opening {
  from: number;
  until: number;
}

export class Organiser {
  static #certified = 0;
  #posters = 0;

  private constructor(
    private readonly city: City,
    readonly name: string,
    private readonly key: string,
    private readonly certificate: string,
  ) {}

  /** Makes a key, and has it certified by the official; `list` is where it has its trust lists from. */
  static async certified(city: City, name: string, list = LIST): Promise<Organiser> {
    const key = `organiser-${++Organiser.#certified}.key`;
    writeFileSync(join(city.places.folder, PASSPHRASE), "the organiser's own passphrase", { mode: 0o600 });
    city.run("bauta-verifier", "init", "--root", "authority/public/root.pub", "--trust", list, ...door(key));
    city.run("bauta-verifier", "organiser", key, ...SEALED);
    const said = city.run("bauta-authority", "sign", "organiser", `${key}.pub`, "--name", name);
    const [certificate] = /authority\/signed\/\S+\.cbor/.exec(said) ?? [];
    if (certificate === undefined) throw new Error(`the official signs no certificate: ${said}`);
    return new Organiser(city, name, key, certificate);
  }

  /** The text of a poster for an event of its own. */
  poster(policy = "event", opening?: Opening): string {
    return this.#sign("txt", policy, opening).trim();
  }

  /** The same as a drawing. */
  drawnPoster(policy = "event"): string {
    return this.#sign("svg", policy);
  }

  /** What stands in the file. */
  #sign(form: "txt" | "svg", policy: string, opening?: Opening): string {
    const out = `${this.key}-${++this.#posters}.${form}`;
    const begins = Date.now() + (opening?.from ?? 0) * MINUTE_MS;
    const day = new Date(begins + OFFSET_MS - DAWN_MS).toISOString().slice(0, 10);
    const time = (minutes: number) =>
      new Date(Date.now() + OFFSET_MS + minutes * MINUTE_MS).toISOString().slice(11, 16);
    const [from, until] = opening ? [time(opening.from), time(opening.until)] : ["04:00", "03:59"];
    this.city.run(
      "bauta-verifier",
      ...["poster", "--policy", policy, "--key", this.key, "--certificate", this.certificate, ...SEALED],
      ...["--day", day, "--from", from, "--until", until, "--purpose", `en=${REASON}`, "--out", out],
      ...door(this.key),
    );
    return readFileSync(join(this.city.places.folder, out), "utf8");
  }
}

/** Why it asks. */
export const REASON = "To let each guest in once";

const PASSPHRASE = "organiser.pass";
const SEALED = ["--passphrase-file", PASSPHRASE];
const LIST = "authority/public/trust-list.cbor";

/** A folder of its own, where the newest list lies. */
function door(key: string): string[] {
  return ["--dir", `${key}.door`];
}
