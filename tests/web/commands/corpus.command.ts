// `cargo xtask scan-corpus`: the long form, as a table for docs/scanning.md.

import { test } from "vitest";
import { GRADES, readable } from "../corpus/corpus";
import { ENTRY, shownCodes } from "../corpus/shown";

const FRAMES = Number(process.env["BAUTA_FRAMES"] ?? 200);

test("the scanning corpus by grade and kind of pass", { timeout: 0 }, async () => {
  const rows = [`| pictures read, of ${FRAMES} | characters | ${GRADES.join(" | ")} |`, "|---|---|---|---|---|"];
  for (const [kind, shown] of await shownCodes()) {
    const cells = [];
    for (const grade of GRADES) {
      const read = await readable(shown, grade, FRAMES, 1);
      if (kind === ENTRY && grade === "moderate" && read < 0.95 * FRAMES) throw new Error(`only ${read} of ${FRAMES}`);
      cells.push(`${((100 * read) / FRAMES).toFixed(1)} %`);
    }
    rows.push(`| ${kind} | ${shown[0]?.text.length} | ${cells.join(" | ")} |`);
    process.stdout.write(`${rows.at(-1)}\n`);
  }
  process.stdout.write(`\n${rows.join("\n")}\n`);
});
