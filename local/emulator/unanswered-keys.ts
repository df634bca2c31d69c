import type { PolicyDocument } from "./policy-document.ts";

/**
 * Condition keys of each service that the embedded AWS supplies where AWS does. In lower case; a star is the name of a
 * tag.
 */
const SUPPLIED: Readonly<Record<string, readonly string[]>> = {
  dynamodb: ["leadingkeys", "select", "returnvalues", "enclosingoperation"],
  ecs: ["cluster"],
  events: ["source", "detail-type"],
  iam: ["permissionsboundary", "passedtoservice"],
  kms: ["resourcealiases", "viaservice", "encryptioncontextkeys"],
  s3: [
    "prefix",
    "delimiter",
    "max-keys",
    "resourceaccount",
    "if-none-match",
    "existingobjecttag/*",
    "requestobjecttag/*",
    "x-amz-server-side-encryption-aws-kms-key-id",
    "x-amz-server-side-encryption-customer-algorithm",
    "x-amz-storage-class",
  ],
  secretsmanager: ["name", "secretid", "versionid", "versionstage"],
  sts: ["rolesessionname", "sourceidentity", "transitivetagkeys", "externalid"],
};

const conditionKeys = new WeakMap<PolicyDocument, readonly string[]>();

/**
 * Finds a condition key of this service that a policy reads and that is not supplied here. To the evaluator the key
 * would look absent. A Deny or a `ForAllValues` on it would then be decided wrongly, in favour of the caller.
 */
export function unansweredKey(service: string, policies: readonly (PolicyDocument | undefined)[]): string | undefined {
  for (const policy of policies) {
    const key = policy && unansweredOf(policy, service);
    if (key !== undefined) return key;
  }
  return undefined;
}

const unanswered = new WeakMap<PolicyDocument, Map<string, string | undefined>>();

function unansweredOf(policy: PolicyDocument, service: string): string | undefined {
  const ofPolicy = unanswered.get(policy) ?? new Map<string, string | undefined>();
  unanswered.set(policy, ofPolicy);
  if (!ofPolicy.has(service)) {
    const supplied = SUPPLIED[service] ?? [];
    const isUnanswered = (key: string): boolean =>
      key.startsWith(`${service}:`) && !supplied.includes(key.slice(service.length + 1).replace(/\/.*$/, "/*"));
    ofPolicy.set(service, conditionKeysOf(policy).find(isUnanswered));
  }
  return ofPolicy.get(service);
}

/** Lists the condition keys of a policy, in lower case. */
export function conditionKeysOf(policy: PolicyDocument): readonly string[] {
  const known = conditionKeys.get(policy);
  if (known) return known;
  const statements = [policy.Statement].flat() as readonly { Condition?: Readonly<Record<string, object>> }[];
  const keys = statements
    .flatMap(({ Condition = {} }) => Object.values(Condition).flatMap((byKey) => Object.keys(byKey)))
    .map((key) => key.toLowerCase());
  conditionKeys.set(policy, keys);
  return keys;
}
