/** Age up to which an event is accepted; seconds. EventBridge delivers for a day. */
const GOOD_SECONDS = 86_400;
/** Upper bound on the seconds by which the sender's clock may be ahead. */
const AHEAD_SECONDS = 300;

/** Returns the reason why an event is not current; undefined where it is. A replay from an archive is nobody's request of today. */
export function whyStale(
  event: Readonly<Record<string, unknown>>,
  nowMs: number,
): "replayed" | "malformed" | "late" | "early" | undefined {
  if (event["replay-name"] !== undefined) return "replayed";
  const putAtMs = typeof event.time === "string" ? Date.parse(event.time) : Number.NaN;
  if (Number.isNaN(putAtMs)) return "malformed";
  if (nowMs - putAtMs > GOOD_SECONDS * 1_000) return "late";
  return putAtMs - nowMs > AHEAD_SECONDS * 1_000 ? "early" : undefined;
}
