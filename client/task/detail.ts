/** Detail of an intent (RFC 9396), as it is sent or was granted; the service validates it. */
export type Detail = Readonly<Record<string, unknown>> & { readonly type: string };
