import type { Metadata } from "../../contract/metadata.ts";
import { ClientError } from "../exit-codes.ts";
import { callService } from "./service.ts";

/** Events that incompatible versions of client and hub can cause: one side does not understand a request or an answer of the other. */
const MAY_BE_OF_VERSIONS = [
  ...["answer_unreadable", "credentials_missing", "malformed_request", "not_found", "method_not_allowed"],
  ...["unsupported_grant_type", "unsupported_token_type", "unsupported_media_type", "intent_invalid"],
];

const TIMEOUT_MS = 3_000;

/**
 * Adds the versions of client and hub, and what to install, to an error that incompatible versions may have caused. Requests the hub's version only for
 * such an error, so that a task costs no further request. Returns any other error unchanged.
 */
export async function withVersions(error: unknown, url: string): Promise<unknown> {
  if (!(error instanceof ClientError) || !MAY_BE_OF_VERSIONS.includes(error.event)) return error;
  const address = `${url}/.well-known/oauth-authorization-server`;
  const [answer, { goTogether, ownVersion }] = await Promise.all([
    callService<Metadata>({ url: address, method: "GET", timeoutMs: TIMEOUT_MS }),
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
