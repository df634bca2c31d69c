/** Headers that carry a signature: the hub writes them. */
export const OF_SIGNATURE: ReadonlySet<string> = new Set([
  ...["authorization", "x-amz-date", "x-amz-security-token", "x-amz-content-sha256"],
]);

const OF_CONNECTION = new Set([
  ...[
    "host",
    "connection",
    "expect",
    "keep-alive",
    "proxy-connection",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
  ],
]);

/** True for a header that the hub signs: neither one of a connection nor one of a signature. */
export const isPassedOn = (name: string): boolean =>
  !OF_SIGNATURE.has(name.toLowerCase()) && !OF_CONNECTION.has(name.toLowerCase());
