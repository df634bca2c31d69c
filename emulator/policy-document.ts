import { runSimulation } from "@cloud-copilot/iam-simulate";
import { ServiceError } from "./service-error.ts";

/** An IAM policy as JSON. Its grammar is checked by the evaluator when it is stored, and again whenever it is used. */
export type PolicyDocument = Readonly<Record<string, unknown>>;

/** The policy in this text, or IAM's refusal of a text that is not a valid identity policy. */
export async function parsePolicy(text: string): Promise<PolicyDocument> {
  const document = parseObject(text);
  const fault = document === undefined ? "Syntax errors in policy." : await policyFault(document);
  if (document === undefined || fault !== undefined)
    throw new ServiceError("MalformedPolicyDocument", fault ?? "", 400);
  return document;
}

/** Parses a role's trust policy. @throws {ServiceError} MalformedPolicyDocument */
export async function parseTrust(text: string): Promise<PolicyDocument> {
  const document = parseObject(text);
  const fault = document === undefined ? "Syntax errors in policy." : await trustFault(document);
  if (document === undefined || fault !== undefined)
    throw new ServiceError("MalformedPolicyDocument", fault ?? "", 400);
  return document;
}

/** Describes the fault of an identity policy; nothing where the policy is valid. */
export async function policyFault(document: PolicyDocument): Promise<string | undefined> {
  const outcome = await runSimulation({ ...ANY_REQUEST, identityPolicies: [{ name: "policy", policy: document }] }, {});
  if (outcome.resultType !== "error") return undefined;
  return describe(outcome.errors.identityPolicyErrors?.policy) ?? outcome.errors.message;
}

/** Describes the fault of a role's trust policy; nothing where the policy is valid. */
export async function trustFault(document: PolicyDocument): Promise<string | undefined> {
  // A trust policy is a resource policy that names no resource: the role is the one that has it.
  const statements = [document.Statement].flat() as Readonly<Record<string, unknown>>[];
  if (statements.some((statement) => "Resource" in statement || "NotResource" in statement))
    return "a trust policy names no resource";
  if (!statements.every((statement) => "Principal" in statement || "NotPrincipal" in statement))
    return "each statement of a trust policy names a principal";
  const outcome = await runSimulation({ ...ANY_REQUEST, identityPolicies: [], resourcePolicy: document }, {});
  if (outcome.resultType !== "error") return undefined;
  return describe(outcome.errors.resourcePolicyErrors) ?? outcome.errors.message;
}

/** The evaluator checks each policy before it looks at the request, so any request will do. */
const ANY_REQUEST = {
  request: {
    principal: "arn:aws:iam::111122223333:role/nobody",
    action: "s3:ListAllMyBuckets",
    resource: { resource: "*", accountId: "111122223333" },
    contextVariables: {},
  },
  serviceControlPolicies: [],
  resourceControlPolicies: [],
};

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
