import { DOOR_CODES, REFUSAL_CODES } from "../texts/codes.js";
import type { ShownClaim } from "../terms.js";

/** What a guard is to see. */
export type Judgement =
  | {
      readonly kind: "accepted";
      readonly shown: readonly ShownClaim[];
      readonly ageing: boolean;
      /** Whether this guest came in before; `undefined` where nobody is told apart. */
      readonly entry: "first" | "again" | undefined;
    }
  | {
      /** `refused`: the visitor can do something. `not-ready`: the door must. Both are red. */
      readonly kind: "refused" | "not-ready";
      /** One of {@link REFUSAL_CODES}. */
      readonly code: string;
      readonly minutes: number | undefined;
    };

const IN_DOUBT: Judgement = { kind: "not-ready", code: "internal", minutes: undefined };

/**
 * Reads a verdict that may be anything: green only if every part of it is as it must be, red on any doubt. Never throws.
 */
export function judge(verdict: unknown): Judgement {
  try {
    return read(verdict) ?? IN_DOUBT;
  } catch {
    return IN_DOUBT;
  }
}

function read(verdict: unknown): Judgement | undefined {
  if (!isObject(verdict)) return undefined;
  const { accepted, code, params, policy, day, shown, freshness, entry } = verdict;
  if (accepted === false && isCode(code)) {
    const kind = DOOR_CODES.has(code) ? "not-ready" : "refused";
    return { kind, code, minutes: isObject(params) ? minutesIn(params) : undefined };
  }
  const whole =
    accepted === true &&
    code === undefined &&
    typeof policy === "string" &&
    policy !== "" &&
    typeof day === "string" &&
    /^\d{4}-\d{2}-\d{2}$/.test(day) &&
    (freshness === "fresh" || freshness === "amber") &&
    (entry == null || entry === "first" || entry === "again") &&
    Array.isArray(shown) &&
    shown.every(isShownClaim);
  return whole
    ? { kind: "accepted", shown: [...shown], ageing: freshness === "amber", entry: entry ?? undefined }
    : undefined;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}

function isCode(code: unknown): code is string {
  return typeof code === "string" && (REFUSAL_CODES as readonly string[]).includes(code);
}

function isShownClaim(claim: unknown): claim is ShownClaim {
  return (
    isObject(claim) &&
    typeof claim["pass"] === "string" &&
    claim["pass"] !== "" &&
    typeof claim["name"] === "string" &&
    typeof claim["kind"] === "string" &&
    (claim["value"] == null || typeof claim["value"] === "string")
  );
}

function minutesIn(params: Record<string, unknown>): number | undefined {
  const { minutes } = params;
  return typeof minutes === "number" && Number.isFinite(minutes) ? minutes : undefined;
}

/** What a guard compares with an ID card: the letters, and the month from 1 to 12. */
export interface Comparison {
  readonly letters: readonly string[];
  readonly month: number;
}

/** The hint among what was shown, `NO/11`. */
export function comparisonIn(shown: readonly ShownClaim[]): Comparison | undefined {
  const hint = shown.find((claim) => claim.kind === "hint")?.value;
  const [, letters, month] = /^([A-Z]{1,3})\/(0[1-9]|1[0-2])$/.exec(hint ?? "") ?? [];
  return letters === undefined || month === undefined ? undefined : { letters: [...letters], month: Number(month) };
}
