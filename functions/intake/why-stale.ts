/** An event is good for a day: EventBridge delivers for that long, and what is older says nothing about now. */
const GOOD_SECONDS = 86_400;
/** Most seconds by which the sender's clock may be ahead. */
const AHEAD_SECONDS = 300;

/** Says why an event says nothing about now; undefined where it does. A replay from an archive is not somebody's wish of today. */
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
