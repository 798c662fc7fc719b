const AT_THE_DOOR = [
  "just_restarted",
  "memory_full",
  "poster_not_open",
  "organiser_withdrawn",
  "poster_of_other_list",
  "entries_unknown",
  "entries_unreachable",
  "trust_expired",
  "clock_before_list",
  "programme_over",
  "policy_withdrawn",
  "internal",
  "reader_failed",
  "camera_stalled",
] as const;

/**
 * The codes of a verifier's refusals, and the two faults of scanning. Each has a text, `reason-…`; tests compare the list with the
 * verifier's own.
 */
export const REFUSAL_CODES = [
  "unreadable",
  "malformed",
  "several_codes",
  "newer_format",
  "mode_unsupported",
  "other_policy",
  "pass_count",
  "other_mode",
  "other_poster",
  "other_nonce",
  "nonce_used",
  "nonce_expired",
  "mode_refused",
  "policy_not_met",
  "unknown_key",
  "withdrawn",
  "not_in_force",
  "specimen",
  "day_past",
  "day_future",
  "clock_behind",
  "clock_ahead",
  "already_shown",
  "already_entered",
  "proof_invalid",
  ...AT_THE_DOOR,
] as const;

/** Those where the venue must act, because the reason lies with the door and not with the code. */
export const DOOR_CODES: ReadonlySet<string> = new Set(AT_THE_DOOR);
