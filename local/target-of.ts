/**
 * The target of a request (RFC 9112, section 3.2): a path, which may begin with two slashes, or a whole address.
 * @returns nothing where it is neither.
 */
export function targetOf(target = "/"): URL | undefined {
  // Relative to an address, what begins with two slashes would be a host.
  const text = target.startsWith("/") ? `http://127.0.0.1${target}` : target;
  return URL.canParse(text) && /^https?:/.test(text) ? new URL(text) : undefined;
}
