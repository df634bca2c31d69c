import { jsonFields } from "../../core/text/json-fields.ts";
import { AwsFault } from "./aws-fault.ts";
import type { Answer } from "./post.ts";

/**
 * Reads the fault of AWS's JSON protocols: `{"__type": "com.amazonaws.dynamodb.v20120810#ResourceNotFoundException",
 * …}`.
 */
export function jsonFaultOf({ status, body }: Answer): AwsFault {
  const { __type: type, CancellationReasons: reasons } = jsonFields(body.toString());
  const code = typeof type === "string" ? type.slice(type.indexOf("#") + 1) : "UnknownError";
  return new AwsFault(code, status, Array.isArray(reasons) ? reasons.map(reasonOf) : undefined);
}

const reasonOf = (reason: unknown): { readonly Code?: string } =>
  typeof reason === "object" && reason !== null && "Code" in reason ? { Code: String(reason.Code) } : {};
