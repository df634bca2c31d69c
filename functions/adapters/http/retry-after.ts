/** Reads `Retry-After` (RFC 9110), a number or a date, as seconds from 1 to 3,600; `otherwise` where it is missing or unreadable. */
export function retryAfter(headers: Headers, nowMs: number, otherwise = 1): number {
  const text = headers.get("retry-after") ?? "";
  const seconds = /^\d+$/.test(text) ? Number(text) : (Date.parse(text) - nowMs) / 1_000;
  return Math.min(3_600, Math.max(1, Math.ceil(Number.isNaN(seconds) ? otherwise : seconds)));
}
