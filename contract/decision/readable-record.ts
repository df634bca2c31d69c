/** Fields of a record that the page and the command show, or that only count for the hash. */
const KNOWN = new Set([
  ...["version", "hub", "id", "decision", "nonce", "task", "agent", "person", "chain", "purpose"],
  ...[
    "authorization_details",
    "grants",
    "session_policies",
    "accounts",
    "ttl",
    "needed",
    "standing",
    "break_glass",
    "bundle",
  ],
  ...["created_at", "expires_at"],
]);

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
    Object.keys(record).every((field) => KNOWN.has(field)) &&
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
