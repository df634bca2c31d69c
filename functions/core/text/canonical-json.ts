/**
 * The one text that a value has as canonical JSON (RFC 8785): names sorted by their UTF-16 code units, no white space, numbers and strings
 * as ECMAScript writes them. A name without a value is not there. Its SHA-256 can be computed again by anybody who has the value.
 */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(",")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const members: string[] = [];
  for (const name of Object.keys(value).sort()) {
    const each = (value as Readonly<Record<string, unknown>>)[name];
    if (each !== undefined) members.push(`${JSON.stringify(name)}:${canonicalJson(each)}`);
  }
  return `{${members.join(",")}}`;
}
