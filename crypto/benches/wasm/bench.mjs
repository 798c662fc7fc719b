// Bauta's cryptography in WebAssembly beside its peers: the same work in one process, and the ratios as a table.
//
//     cargo xtask bench-wasm
//
// builds ours and calls this with the folder of its bindings, the number of rounds and the file for the results. Every round
// runs everybody once; time on the processor is what counts; medians are compared. Ratios are what to quote, not times.
// What the columns mean: crypto/benches/peers, which is the same for programs.

import { readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { gzipSync } from "node:zlib";

import { bauta } from "./bauta.mjs";
import { digitalbazaar } from "./digitalbazaar.mjs";
import { docknetwork } from "./docknetwork.mjs";
import { mattr } from "./mattr.mjs";

const [GLUE, MODULE] = ["bauta_crypto_wasm_bench.js", "bauta_crypto_wasm_bench_bg.wasm"];
const SIZES = [
  [10, 3],
  [30, 10],
];
const ACTS = ["sign", "verify", "prove", "prove, held", "check", "check 100"];
/** How many of the same an act does: its time is divided by it. */
const ITEMS = { "check 100": 100 };
// Enough for the compiler's tiers and for tables, but nobody is waited for longer than this.
const WARM_UP = { times: 60, milliseconds: 5_000 };

async function main([bindings, rounds, results]) {
  const ours = await load(bindings);
  const measured = ["messages,disclosed,items,who,act,microseconds"];
  for (const [messages, disclosed] of SIZES) {
    const work = makeWork(messages, disclosed);
    const contenders = [bauta(ours, work), await mattr(work), ...(await docknetwork(work)), await digitalbazaar(work)];
    const medians = await race(contenders, Number(rounds));
    console.log(
      `\n${messages} messages, ${disclosed} disclosed; medians of ${rounds} rounds in µs (ratio to the first row)\n`,
    );
    console.log(table(contenders, medians));
    measured.push(...rows(messages, disclosed, contenders, medians));
  }
  writeFileSync(results, measured.join("\n") + "\n");
  const wasm = readFileSync(join(bindings, MODULE));
  console.log(
    `\nOurs, with nothing but the bindings of this benchmark: ${wasm.length} bytes, ${gzipSync(wasm).length} with gzip.`,
  );
}

/** The same files that a browser would load. */
async function load(folder) {
  const bindings = await import(pathToFileURL(resolve(folder, GLUE)));
  bindings.initSync({ module: readFileSync(join(folder, MODULE)) });
  return bindings;
}

function makeWork(count, disclosed) {
  const bytes = (text) => new TextEncoder().encode(text);
  const messages = Array.from({ length: count }, (_, i) => bytes(`message number ${i}`));
  return {
    messages,
    disclosed: Array.from({ length: disclosed }, (_, i) => i),
    shown: messages.slice(0, disclosed),
    header: bytes("header"),
    ph: bytes("presentation header"),
  };
}

/** Microseconds of every act of every contender, taking turns. */
async function race(contenders, rounds) {
  for (const { acts } of contenders) for (const run of Object.values(acts)) await warmUp(run);
  const times = contenders.map(() => Object.fromEntries(ACTS.map((act) => [act, []])));
  for (let round = 0; round < rounds; round++) {
    for (const act of ACTS) {
      for (const [i, { acts }] of contenders.entries()) {
        if (acts[act]) times[i][act].push((await time(acts[act])) / (ITEMS[act] ?? 1));
      }
    }
  }
  return times.map((acts) => Object.fromEntries(Object.entries(acts).map(([act, taken]) => [act, median(taken)])));
}

async function warmUp(run) {
  const start = performance.now();
  for (let i = 0; i < WARM_UP.times && performance.now() - start < WARM_UP.milliseconds; i++) await run();
}

/** Runs once; whatever cannot do its work throws. */
async function time(run) {
  const start = process.cpuUsage();
  await run();
  const { user, system } = process.cpuUsage(start);
  return user + system;
}

function median(times) {
  return times.sort((a, b) => a - b)[Math.floor(times.length / 2)];
}

function table(contenders, medians) {
  const cell = (i, act) => {
    if (medians[i][act] === undefined) return "–";
    const ratio = medians[0][act] === undefined ? "" : ` (${(medians[i][act] / medians[0][act]).toFixed(2)})`;
    return medians[i][act].toFixed(0) + ratio;
  };
  const line = (cells) => `| ${cells.join(" | ")} |`;
  const body = contenders.map(({ name }, i) => line([name, ...ACTS.map((act) => cell(i, act))]));
  return [line(["", ...ACTS]), `|${"---|".repeat(ACTS.length + 1)}`, ...body].join("\n");
}

/** As `cargo xtask bench` writes its results. */
function rows(messages, disclosed, contenders, medians) {
  return contenders.flatMap(({ name }, i) => {
    const measured = ACTS.filter((act) => medians[i][act] !== undefined);
    const who = name.replaceAll("*", "");
    return measured.map((act) =>
      [messages, disclosed, ITEMS[act] ?? 1, who, act.replace(",", ""), medians[i][act]].join(),
    );
  });
}

await main(process.argv.slice(2));
