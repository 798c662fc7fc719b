// WebAssembly in which one function traps: what a broken device, or a bug that nobody has found yet, would look like.

/** The same module, but whoever calls the exported function `name` ends in `unreachable`. */
export function trapping(wasm: Uint8Array, name: string): Uint8Array<ArrayBuffer> {
  const sections = sectionsOf(wasm);
  const imported = new Reader(bodyOf(sections, IMPORT)).list(readImport).filter((kind) => kind === FUNCTION).length;
  const exported = new Reader(bodyOf(sections, EXPORT)).list(readExport);
  const index = exported.find((candidate) => candidate.kind === FUNCTION && candidate.name === name)?.index;
  if (index === undefined) throw new Error(`no function ${name} among ${exported.map((each) => each.name).join(", ")}`);
  const bodies = new Reader(bodyOf(sections, CODE)).list((reader) => reader.bytes(reader.number()));
  // No locals; `unreachable`; `end`.
  bodies[index - imported] = new Uint8Array([0, 0x00, 0x0b]);
  const code = [...numbered(bodies.length), ...bodies.flatMap((body) => [Buffer.from(numbered(body.length)), body])];
  const rewritten = sections.map(({ id, body }) => {
    const bytes = id === CODE ? flat(code) : body;
    return flat([id, ...numbered(bytes.length), bytes]);
  });
  return flat([wasm.subarray(0, 8), ...rewritten]);
}

const IMPORT = 2;
const EXPORT = 7;
const CODE = 10;
const FUNCTION = 0;

interface Section {
  id: number;
  body: Uint8Array;
}

function sectionsOf(wasm: Uint8Array): Section[] {
  const reader = new Reader(wasm);
  reader.bytes(8);
  const sections = [];
  while (!reader.done) sections.push({ id: reader.byte(), body: reader.bytes(reader.number()) });
  return sections;
}

function bodyOf(sections: Section[], id: number): Uint8Array {
  return sections.find((section) => section.id === id)?.body ?? new Uint8Array([0]);
}

function readExport(reader: Reader): { name: string; kind: number; index: number } {
  const name = reader.text();
  return { name, kind: reader.byte(), index: reader.number() };
}

/** Says only what kind of thing is imported. */
function readImport(reader: Reader): number {
  reader.text();
  reader.text();
  const kind = reader.byte();
  // A function's type, a table's element type, a memory's flags, a global's type: then what belongs to each.
  const first = reader.number();
  if (kind === 1 || kind === 2) {
    const limits = kind === 1 ? reader.number() : first;
    for (let count = 0; count <= (limits & 1); count++) reader.number();
  }
  if (kind === 3) reader.byte();
  return kind;
}

class Reader {
  #at = 0;

  constructor(private readonly wasm: Uint8Array) {}

  get done(): boolean {
    return this.#at >= this.wasm.length;
  }

  byte(): number {
    return this.wasm[this.#at++] ?? 0;
  }

  bytes(count: number): Uint8Array {
    this.#at += count;
    return this.wasm.subarray(this.#at - count, this.#at);
  }

  /** LEB128 without a sign. */
  number(): number {
    let [value, factor] = [0, 1];
    for (;;) {
      const byte = this.byte();
      value += (byte & 0x7f) * factor;
      if (byte < 0x80) return value;
      factor *= 128;
    }
  }

  text(): string {
    return new TextDecoder().decode(this.bytes(this.number()));
  }

  list<T>(one: (reader: Reader) => T): T[] {
    return Array.from({ length: this.number() }, () => one(this));
  }
}

function numbered(value: number): number[] {
  return value < 128 ? [value] : [(value % 128) + 128, ...numbered(Math.floor(value / 128))];
}

function flat(parts: (number | Uint8Array)[]): Uint8Array<ArrayBuffer> {
  return new Uint8Array(Buffer.concat(parts.map((part) => (typeof part === "number" ? Buffer.of(part) : part))));
}
