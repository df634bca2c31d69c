/**
 * Parses the target of a request (RFC 9112, section 3.2): a path, which may begin with two slashes, or a whole address.
 * @returns undefined for another text.
 */
export function targetOf(target = "/"): URL | undefined {
  // A path is appended to the address as text: resolved as relative, two slashes would begin a host.
  const text = target.startsWith("/") ? `http://127.0.0.1${target}` : target;
  return URL.canParse(text) && /^https?:/.test(text) ? new URL(text) : undefined;
}
