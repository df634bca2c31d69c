import { ServiceError } from "./service-error.ts";
import { identityPolicy, resourcePolicy } from "./validated-policy.ts";

/** IAM policy as JSON. The evaluator checks the grammar when a policy is stored. */
export type PolicyDocument = Readonly<Record<string, unknown>>;

/** Parses an identity policy. @throws {ServiceError} MalformedPolicyDocument */
export function parsePolicy(text: string): PolicyDocument {
  const document = parseObject(text);
  const fault = document === undefined ? "Syntax errors in policy." : policyFault(document);
  if (document === undefined || fault !== undefined)
    throw new ServiceError("MalformedPolicyDocument", fault ?? "", 400);
  return document;
}

/** Parses a role's trust policy. @throws {ServiceError} MalformedPolicyDocument */
export function parseTrust(text: string): PolicyDocument {
  const document = parseObject(text);
  const fault = document === undefined ? "Syntax errors in policy." : trustFault(document);
  if (document === undefined || fault !== undefined)
    throw new ServiceError("MalformedPolicyDocument", fault ?? "", 400);
  return document;
}

/** Describes the fault of an identity policy; nothing where the policy is valid. */
export const policyFault = (document: PolicyDocument): string | undefined => describe(identityPolicy(document).errors);

/** Describes the fault of a role's trust policy; nothing where the policy is valid. */
export function trustFault(document: PolicyDocument): string | undefined {
  // A trust policy is a resource policy without a resource: the resource is its role.
  const statements = [document.Statement].flat() as Readonly<Record<string, unknown>>[];
  if (statements.some((statement) => "Resource" in statement || "NotResource" in statement))
    return "a trust policy names no resource";
  if (!statements.every((statement) => "Principal" in statement || "NotPrincipal" in statement))
    return "each statement of a trust policy names a principal";
  return describe(resourcePolicy(document).errors);
}

const describe = (faults: readonly { message: string; path: string }[] = []): string | undefined =>
  faults.map((fault) => `${fault.message} (${fault.path})`).join("; ") || undefined;

function parseObject(text: string): PolicyDocument | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? (value as PolicyDocument) : undefined;
  } catch {
    return undefined;
  }
}
