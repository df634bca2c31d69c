/**
 * Returns a value as canonical JSON (RFC 8785). Names are sorted by their UTF-16 code units, there is no white space,
 * and numbers and strings have ECMAScript's form. A name whose value is undefined is left out. Anybody who has the
 * value can compute the SHA-256 of the text again.
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

/**
 * Printable ASCII without quotes and backslashes: nearly all names and values. ECMAScript writes such a text as it is.
 */
const PLAIN = /^[ !#-[\]-~]*$/;
const quoted = (text: string): string => (PLAIN.test(text) ? `"${text}"` : JSON.stringify(text));
