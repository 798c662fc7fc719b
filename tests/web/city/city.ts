// A city of real programs: official, lab, and the servers of both pages.

import { execFileSync, spawn, type ChildProcessByStdio } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";

const root = resolve(import.meta.dirname, "../../..");
const target = process.env["CARGO_TARGET_DIR"] ?? join(root, "target");

/** What `bauta-pages --for-tests` says first. */
interface Places {
  folder: string;
  programs: string;
  variables: Record<string, string>;
  settings: { root: string; trustList: string };
  lab: string;
  wallet: string;
  verifier: string;
  look: string;
}

/** What `bauta-issuer add --json` says. */
export interface Ticket {
  link: string;
  offer: string;
  short_code?: string;
  second_factor?: string;
}

type Program = ChildProcessByStdio<Writable, Readable, null>;

export const TESTED = ["tested=naat", "tested_on=today-1", "age_band=21-64", "hint=M/05"];
export const LIBRARY = ["group=library", "tier=basic"];
export const VACCINATED = ["vaccinated=mrna", "vaccinated_on=today-40", "age_band=65+", "hint=A/11"];

export class City {
  #program: Program;
  #lines: AsyncIterator<string>;
  #own: string;
  #results = 0;
  #others = 0;

  private constructor(
    program: Program,
    lines: AsyncIterator<string>,
    own: string,
    readonly places: Places,
  ) {
    this.#program = program;
    this.#lines = lines;
    this.#own = own;
  }

  /** Sets everything up and serves it: some seconds, because keys are sealed slowly on purpose. */
  static async found(): Promise<City> {
    const own = mkdtempSync(join(tmpdir(), "bauta-city-"));
    const program = join(target, "debug/bauta-pages");
    const child = spawn(program, [join(own, "city"), join(root, "target/web"), "--for-tests"], {
      stdio: ["pipe", "pipe", "inherit"],
    });
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    const first = await lines.next();
    if (first.done) throw new Error("bauta-pages did not start: see above, and run `cargo xtask web` first");
    return new City(child, lines, own, JSON.parse(first.value) as Places);
  }

  /** Runs one of the programs to its end and gives back what it printed. */
  run(program: string, ...words: string[]): string {
    const { programs, folder, variables } = this.places;
    const env = { ...process.env, ...variables };
    return execFileSync(join(programs, program), words, { cwd: folder, env, encoding: "utf8" });
  }

  /** The lab adds a result. */
  result(facts: string[] = TESTED, ...more: string[]): Ticket & { reference: string } {
    return this.#add("health-record", facts, more);
  }

  #add(type: string, facts: string[], more: string[]): Ticket & { reference: string } {
    const reference = `result-${++this.#results}`;
    const said = ["--type", type, "--reference", reference, ...facts, "--json", ...more];
    return { reference, ...(JSON.parse(this.run("bauta-issuer", "add", ...said)) as Ticket) };
  }

  /** The lab, which is the library here, says that somebody is a member. */
  membership(facts: string[] = LIBRARY, ...more: string[]): Ticket & { reference: string } {
    return this.#add("membership-record", facts, more);
  }

  /** The lab gives out a code for a result that is to come. */
  order(): Ticket & { reference: string } {
    const reference = `order-${++this.#results}`;
    const said = ["--type", "health-record", "--reference", reference, "--json"];
    return { reference, ...(JSON.parse(this.run("bauta-issuer", "order", ...said)) as Ticket) };
  }

  /** The result of an order has come. */
  complete(reference: string, facts: string[] = TESTED): void {
    this.run("bauta-issuer", "add", "--type", "health-record", "--reference", reference, ...facts);
  }

  withdraw(reference: string): void {
    this.run("bauta-issuer", "withdraw", "--reference", reference);
  }

  /** All passes of today end; who is not withdrawn gets new ones. */
  async raiseSeries(series: number): Promise<void> {
    this.run("bauta-authority", "raise-series", "today", String(series));
    this.run("bauta-authority", "publish");
    await this.restartLab();
  }

  /**
   * The delegate makes two lists of one version: one for everybody, and one that lies where it is said. Both are good for whoever sees
   * only one of them.
   */
  async publishTwo(): Promise<{ other: string }> {
    const two = this.publishOther();
    await this.publish();
    return two;
  }

  /** The one that is not for everybody. The next list that is has its version. */
  publishOther(): { other: string } {
    const other = `authority-other-${++this.#others}`;
    cpSync(join(this.places.folder, "authority"), join(this.places.folder, other), { recursive: true });
    this.run("bauta-authority", "--dir", other, "raise-series", "today+300", "1");
    this.run("bauta-authority", "--dir", other, "publish");
    return { other: join(other, "public/trust-list.cbor") };
  }

  /** The next list for everybody. */
  async publish(): Promise<void> {
    this.run("bauta-authority", "publish");
    await this.restartLab();
  }

  /** Doors may ask one more thing, from today on. */
  async addPolicy(policy: { readonly name: string } & Readonly<Record<string, unknown>>): Promise<void> {
    const file = `${policy.name}.json`;
    writeFileSync(join(this.places.folder, file), JSON.stringify(policy));
    this.run("bauta-authority", "sign", "policy", file, "--first", "today", "--emergency");
    this.run("bauta-authority", "publish");
    await this.restartLab();
  }

  /** The lab gives out memberships too, from now on. */
  async takesMembers(): Promise<void> {
    const types = ["membership-record", "membership-pass"];
    for (const type of types) {
      const key = `lab/${type}.key`;
      this.run("bauta-issuer", "keygen", "--type", type, "--out", key, "--passphrase-file", "lab/passphrase");
      const days = ["--first", "today", "--last", "today+90", "--emergency"];
      this.run("bauta-authority", "sign", "key", `${key}.pub`, "--holder-name", "City library", ...days);
    }
    this.run("bauta-authority", "publish");
    const settings = join(this.places.folder, "lab/bauta-issuer.toml");
    const keys = types.map((type) => `"${type}.key", `).join("");
    writeFileSync(settings, readFileSync(settings, "utf8").replace("keys = [", `keys = [${keys}`));
    await this.restartLab();
  }

  /** The lab takes up a newer list within a minute, or when it starts. */
  async restartLab(): Promise<void> {
    this.#program.stdin.write("restart\n");
    await this.#lines.next();
  }

  /** Lab and pages are gone, as on a Saturday night. */
  async end(): Promise<void> {
    const ended = new Promise((done) => this.#program.once("exit", done));
    this.#program.stdin.end();
    await ended;
    rmSync(this.#own, { recursive: true, force: true });
  }
}
