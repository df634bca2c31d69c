import { AwsFault } from "./aws-fault.ts";
import type { Answer } from "./post.ts";

/** Fault of AWS's JSON protocols: `{"__type": "com.amazonaws.dynamodb.v20120810#ResourceNotFoundException", …}`. */
export function jsonFaultOf({ status, body }: Answer): AwsFault {
  const { __type: type, CancellationReasons: reasons } = parsed(body);
  const code = typeof type === "string" ? type.slice(type.indexOf("#") + 1) : "UnknownError";
  return new AwsFault(code, status, Array.isArray(reasons) ? reasons.map(reasonOf) : undefined);
}

const reasonOf = (reason: unknown): { readonly Code?: string } =>
  typeof reason === "object" && reason !== null && "Code" in reason ? { Code: String(reason.Code) } : {};

/** Reads the answer of AWS; something between AWS and us may answer with a page instead. */
function parsed(body: Buffer): { readonly __type?: unknown; readonly CancellationReasons?: unknown } {
  try {
    const value: unknown = JSON.parse(body.toString());
    return typeof value === "object" && value !== null ? value : {};
  } catch {
    return {};
  }
}
