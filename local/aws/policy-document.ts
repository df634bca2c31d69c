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

/** What is wrong with a policy, in words, or undefined where it is a valid identity policy. */
export async function policyFault(document: PolicyDocument): Promise<string | undefined> {
  // The evaluator checks each policy before it looks at the request, so any request will do.
  const outcome = await runSimulation(
    {
      request: {
        principal: "arn:aws:iam::111122223333:role/nobody",
        action: "s3:ListAllMyBuckets",
        resource: { resource: "*", accountId: "111122223333" },
        contextVariables: {},
      },
      identityPolicies: [{ name: "policy", policy: document }],
      serviceControlPolicies: [],
      resourceControlPolicies: [],
    },
    {},
  );
  if (outcome.resultType !== "error") return undefined;
  const faults = outcome.errors.identityPolicyErrors?.policy ?? [];
  return faults.map((fault) => `${fault.message} (${fault.path})`).join("; ") || outcome.errors.message;
}

function parseObject(text: string): PolicyDocument | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? (value as PolicyDocument) : undefined;
  } catch {
    return undefined;
  }
}
