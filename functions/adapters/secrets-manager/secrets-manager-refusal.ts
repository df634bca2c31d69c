import { Refusal } from "../../core/refusal.ts";
import { isClientFault, nameOf } from "../aws/aws-fault.ts";

/** Names of throttling errors, which AWS counts as the client's fault. */
const PASSING = new Set(["ThrottlingException", "LimitExceededException", "RequestLimitExceeded"]);

/** Translates an error of Secrets Manager into a refusal or an outage. Never copies its message. */
export function refusalFor(error: unknown): Refusal {
  const why = nameOf(error);
  return isClientFault(error) && !PASSING.has(why)
    ? new Refusal("connector_refused", { why })
    : new Refusal("connector_unavailable", { why, retryAfterSeconds: 1 });
}
