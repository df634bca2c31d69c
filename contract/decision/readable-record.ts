import type { VotedRecord } from "../voted-records.ts";

/** Fields of a record that the page and the command show, or that only count for the hash. One that is missing does not compile. */
const KNOWN = {
  version: true,
  hub: true,
  id: true,
  decision: true,
  nonce: true,
  task: true,
  agent: true,
  person: true,
  chain: true,
  purpose: true,
  authorization_details: true,
  grants: true,
  session_policies: true,
  accounts: true,
  ttl: true,
  needed: true,
  standing: true,
  break_glass: true,
  bundle: true,
  created_at: true,
  expires_at: true,
} as const satisfies Readonly<Record<keyof VotedRecord, true>>;

/**
 * True for a record of the form that this program knows, field by field. A later version's record may contain a request that this program cannot show.
 * @param record record as the hub answered it.
 */
export function isReadableRecord(record: unknown): boolean {
  if (typeof record !== "object" || record === null) return false;
  const { version, decision, standing, break_glass: glass } = record as Readonly<Record<string, unknown>>;
  return (
    version === 1 &&
    decision === "vend" &&
    Object.keys(record).every((field) => Object.hasOwn(KNOWN, field)) &&
    (standing === undefined || isReadableStanding(standing)) &&
    (glass === undefined || glass === true)
  );
}

function isReadableStanding(standing: unknown): boolean {
  const { uses, window, shape, ...others } = (standing ?? {}) as Readonly<Record<string, unknown>>;
  return (
    Number.isSafeInteger(uses) &&
    Number.isSafeInteger(window) &&
    typeof shape === "string" &&
    Object.keys(others).length === 0
  );
}
