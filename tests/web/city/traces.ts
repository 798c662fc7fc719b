// Looks for something in all files of a folder, however little of it is left.

import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";

/** Pieces of this length are looked for: whoever keeps twice as much in a row keeps one of them whole. */
const PIECE = 12;

/** The files below `folder` that hold a piece of `secret`, as letters of one or of two bytes. */
export function tracesOf(folder: string, secret: string): string[] {
  const pieces: Buffer[] = [];
  for (let at = 0; at + PIECE <= secret.length; at += PIECE) {
    const piece = secret.slice(at, at + PIECE);
    pieces.push(Buffer.from(piece, "latin1"), Buffer.from(piece, "utf16le"));
  }
  return filesIn(folder).filter((file) => {
    const bytes = readFileSync(file);
    return pieces.some((piece) => bytes.includes(piece));
  });
}

function filesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .map((name) => join(folder, name))
    .filter((path) => statSync(path, { throwIfNoEntry: false })?.isFile());
}
