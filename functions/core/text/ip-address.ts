const BYTE = "(25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)";
const V4 = new RegExp(`^${BYTE}(\\.${BYTE}){3}$`);
const GROUP = /^[0-9a-f]{1,4}$/i;

/** True for an address that Cedar's `ip()` accepts: IPv4, or IPv6 without an embedded IPv4 address, zone or prefix. */
export function isIpAddress(text: string): boolean {
  if (V4.test(text)) return true;
  const [left = "", right, ...more] = text.split("::");
  if (more.length > 0) return false;
  const groups = [left, right ?? ""].flatMap((side) => (side === "" ? [] : side.split(":")));
  const isWhole = right === undefined ? groups.length === 8 : groups.length < 8;
  return isWhole && groups.every((group) => GROUP.test(group));
}
