/** Percent-encodes everything except RFC 3986's unreserved characters. `encodeURIComponent` does not encode `!'()*`. */
export function encodeRfc3986(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);
}
