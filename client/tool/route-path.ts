/**
 * Writes the path of a request in the form in which routers compare it: escapes decoded once (an escaped slash stays `%2f`, since it separates nothing),
 * lower case (Express matches whatever the case), no slash at the end. Two paths that reach one route of Express or Hono have one form.
 * @param raw path as the request has it, without the query.
 * @returns undefined where routers read the path in different ways: dot segments, doubled slashes, backslashes, a fragment, an absolute address, escapes of
 *   control characters, or escapes that are none.
 * @example routePath("/Items/%64elete/") // "/items/delete"
 */
export function routePath(raw: string): string | undefined {
  if (!/^\/[\x21-\x7e]*$/.test(raw) || /[#\\]|\/\//.test(raw)) return undefined;
  const segments = raw
    .replace(/(?<=.)\/$/, "")
    .split("/")
    .map(decoded);
  if (segments.some((segment) => segment === undefined || /^\.{1,2}$|[\\\p{Cc}]/u.test(segment))) return undefined;
  return segments.join("/").toLowerCase();
}

function decoded(segment: string): string | undefined {
  try {
    return segment.split(/%2f/i).map(decodeURIComponent).join("%2f");
  } catch {
    return undefined;
  }
}
