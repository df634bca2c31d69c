import { failure, openLoopback, type Reply } from "./loopback-endpoint.ts";

/** Source of one credential in the service's own form, or of the reason why there is none. */
export interface Source {
  readonly current: () => Promise<
    { readonly credential: object } | { readonly refused: boolean; readonly sentence: string }
  >;
}

/** Source that records each secret that it returns. */
export const remembering = (source: Source, secrets: Set<string>): Source => ({
  current: async () => {
    const current = await source.current();
    if ("credential" in current)
      for (const [name, value] of Object.entries(current.credential))
        if (typeof value === "string" && name !== "Expiration") secrets.add(value);
    return current;
  },
});

/** Sources by the credential's name. */
type Sources = ReadonlyMap<string, Source>;

/** Loopback endpoint from which the command's SDKs get credentials, by the container protocol. */
export interface Endpoint {
  /** Returns the URL of one credential. */
  readonly uri: (name: string) => string;
  /** Required Authorization header of a request, verbatim. */
  readonly token: string;
  readonly close: () => Promise<void>;
}

/** Serves credentials until it is closed. */
export async function openEndpoint(sources: Sources, port = 0): Promise<Endpoint> {
  const { origin, token, close } = await openLoopback(
    {
      method: "GET",
      tokenName: "AWS_CONTAINER_AUTHORIZATION_TOKEN",
      failed: "The credentials endpoint failed.",
      answer: ({ url = "" }) => answer(url, sources),
    },
    port,
  );
  return { uri: (name) => `${origin}/${name}`, token, close };
}

async function answer(path: string, sources: Sources): Promise<Reply> {
  const source = sources.get(path.slice(1));
  if (!source) return failure(404, "NoSuchCredential", "This task has no credential of that name.");
  const current = await source.current();
  if ("credential" in current) return { status: 200, body: current.credential };
  return current.refused
    ? failure(403, "AccessDenied", current.sentence)
    : failure(503, "ServiceUnavailable", current.sentence);
}
