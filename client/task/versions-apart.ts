import { ClientError } from "../exit-codes.ts";
import { callService } from "./service.ts";

/** Events that a client and a hub of versions which do not go together can cause: a request or an answer that the other side does not understand. */
const MAY_BE_OF_VERSIONS = [
  ...["answer_unreadable", "credentials_missing", "malformed_request", "not_found", "method_not_allowed"],
  ...["unsupported_grant_type", "unsupported_token_type", "unsupported_media_type", "intent_invalid"],
];

const TIMEOUT_MS = 3_000;

/**
 * Adds to an error that the versions of client and hub do not go together, and what to install, where that may be its cause. Asks the hub for its version
 * only then, so that a task costs no further request. Any other error is returned as it is.
 */
export async function withVersions(error: unknown, url: string): Promise<unknown> {
  if (!(error instanceof ClientError) || !MAY_BE_OF_VERSIONS.includes(error.event)) return error;
  const address = `${url}/.well-known/oauth-authorization-server`;
  const [answer, { goTogether, ownVersion }] = await Promise.all([
    callService({ url: address, method: "GET", timeoutMs: TIMEOUT_MS }),
    import("../own-version.ts"),
  ]);
  const hub = answer?.body.valetkey_version;
  const own = ownVersion();
  if (typeof hub !== "string" || !/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(hub) || goTogether(own, hub)) return error;
  const { reason, event, denials, instead, lines } = error;
  const next = `install valetkey ${hub} here, or have the hub upgraded (docs/upgrading.md)`;
  const sentence = `${error.message} (versions that do not go together: the hub's is ${hub}, this is ${own}; ${next})`;
  return new ClientError(reason, event, sentence, { denials, instead, lines });
}
