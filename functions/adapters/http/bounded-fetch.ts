/** As `fetch` is called here: never with a body that is streamed. */
export type BoundedFetch = (url: string, options: RequestInit) => Promise<Response>;

/**
 * `fetch` for answers of a size that is known: a larger one, unpacked, is an error before it is read to its end, and nobody is followed to
 * where a server sends us. How long it may take is the caller's `signal`, until the last byte.
 */
export const boundedFetch =
  (mostBytes: number): BoundedFetch =>
  async (url, options) => {
    const { status, headers, body } = await fetch(url, { ...options, redirect: "manual" });
    const chunks: Uint8Array[] = [];
    let size = 0;
    for await (const chunk of body ?? []) {
      size += chunk.length;
      if (size > mostBytes) throw Object.assign(new Error("the document is too large"), { name: "OversizedError" });
      chunks.push(chunk);
    }
    // A 204 may have no body at all, not even an empty one.
    return new Response(size === 0 ? null : Buffer.concat(chunks), { status, headers });
  };

/**
 * No connection is kept: one that a function was frozen with is dead when it wakes, and whether a POST on it arrived nobody could say.
 */
export const ONCE = { connection: "close" } as const;

/** Whether it may be asked: over TLS, or on this machine, where nothing listens in. */
export function mayBeAsked(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname } = new URL(text);
  return protocol === "https:" || (protocol === "http:" && ["127.0.0.1", "[::1]", "localhost"].includes(hostname));
}
