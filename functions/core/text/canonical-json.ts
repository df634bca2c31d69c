/**
 * The one text that a value has as canonical JSON (RFC 8785): names sorted by their UTF-16 code units, no white space, numbers and strings
 * as ECMAScript writes them. A name without a value is not there. Its SHA-256 can be computed again by anybody who has the value.
 */
export function canonicalJson(value: unknown): string {
  if (typeof value === "string") return quoted(value);
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(",")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  let members = "";
  for (const name of Object.keys(value).sort()) {
    const each = (value as Readonly<Record<string, unknown>>)[name];
    if (each !== undefined) members += `${members === "" ? "" : ","}${quoted(name)}:${canonicalJson(each)}`;
  }
  return `{${members}}`;
}

/** Printable ASCII without quotes and backslashes, which ECMAScript writes as it is: nearly all names and values. */
const PLAIN = /^[ !#-[\]-~]*$/;
const quoted = (text: string): string => (PLAIN.test(text) ? `"${text}"` : JSON.stringify(text));
