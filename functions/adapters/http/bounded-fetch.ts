/** `fetch` without streamed request bodies. */
export type BoundedFetch = (url: string, options: RequestInit) => Promise<Response>;

/**
 * Makes a `fetch` that follows no redirect, and rejects an answer larger than `mostBytes` (after decompression) before
 * reading the rest. The caller's `signal` bounds the time until the last byte.
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
    // `Response` refuses any body for a 204, even an empty one.
    return new Response(size === 0 ? null : Buffer.concat(chunks), { status, headers });
  };

/**
 * Header that closes the connection after the answer. While Lambda freezes a function, an open connection dies. The
 * caller could then not know whether a POST on that connection arrived.
 */
export const ONCE = { connection: "close" } as const;

/** Returns true for a URL with TLS, or on this machine's loopback, where nobody can eavesdrop. */
export function isTlsOrLoopback(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname } = new URL(text);
  return protocol === "https:" || (protocol === "http:" && ["127.0.0.1", "[::1]", "localhost"].includes(hostname));
}
