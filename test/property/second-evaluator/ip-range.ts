/**
 * True where the address is in the range (`203.0.113.0/24`, `2001:db8::/32`), or equals it. No address is in a range of
 * the other family.
 */
export function isInRange(address: string, range: string): boolean {
  const [network = "", length] = range.split("/");
  const [one, other] = [bitsOf(address), bitsOf(network)];
  if (one === undefined || other === undefined || one.length !== other.length) return false;
  const most = length === undefined ? other.length : Number(length);
  return one.slice(0, most) === other.slice(0, most);
}

/** The address as 32 or 128 binary digits. Undefined for any other text. */
function bitsOf(address: string): string | undefined {
  if (/^\d{1,3}(\.\d{1,3}){3}$/.test(address)) {
    const bytes = address.split(".").map(Number);
    return bytes.every((byte) => byte < 256) ? bytes.map((byte) => digits(byte, 8)).join("") : undefined;
  }
  const [left = "", right, ...more] = address.split("::");
  if (more.length > 0 || !/^[0-9a-fA-F:]*:[0-9a-fA-F:]*$/.test(address)) return undefined;
  const [head, tail] = [left, right ?? ""].map((part) => (part === "" ? [] : part.split(":")));
  const zeros = 8 - (head?.length ?? 0) - (tail?.length ?? 0);
  if (right === undefined ? zeros !== 0 : zeros < 1) return undefined;
  const groups = [...(head ?? []), ...Array.from({ length: zeros }, () => "0"), ...(tail ?? [])];
  return groups.every((group) => /^[0-9a-fA-F]{1,4}$/.test(group))
    ? groups.map((group) => digits(Number.parseInt(group, 16), 16)).join("")
    : undefined;
}

const digits = (value: number, count: number): string => value.toString(2).padStart(count, "0");
