// What the tests of texts read: the sources themselves.

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

/** Where pages and elements are written. */
export const WEB = ["web/src", "web/page", "wallet/web/src", "verifier/web/src"] as const;

export interface Source {
  /** From the root of the repository. */
  readonly path: string;
  readonly text: string;
}

/** All files below these folders whose name ends so. Folders that are not there have none. */
export function sources(folders: readonly string[], ending: string): Source[] {
  return folders.flatMap((folder) =>
    namesIn(folder)
      .filter((name) => name.endsWith(ending))
      .map((name) => ({ path: join(folder, name), text: readFileSync(join(ROOT, folder, name), "utf8") })),
  );
}

/** One file. */
export function source(path: string): string {
  return readFileSync(join(ROOT, path), "utf8");
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(join(ROOT, folder), { recursive: true, encoding: "utf8" }).sort();
  } catch {
    return [];
  }
}
