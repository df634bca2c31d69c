import { runSimulation } from "@cloud-copilot/iam-simulate";
import { remembering } from "../../functions/policy/read/remembering.ts";
import { identityPolicy } from "../../local/emulator/validated-policy.ts";
import type { Request } from "./second-evaluator/policy.ts";

/** A call as IAM sees it. */
export interface IamRequest {
  readonly action: string;
  /** A concrete ARN, or `*` for an action without resource types. */
  readonly resource: string;
  readonly resourceAccount: string;
  /** Tags of the resource, as AWS sees them. */
  readonly tags?: Readonly<Record<string, string>>;
  readonly context?: Readonly<Record<string, string>>;
}

const EVERYTHING = {
  name: "everything",
  policy: identityPolicy({ Version: "2012-10-17", Statement: [{ Effect: "Allow", Action: "*", Resource: "*" }] }),
};

/**
 * Characters that the evaluator also reads as wildcards in a request. In a policy it does not know `${*}`, `${?}` and
 * `${$}` everywhere (it reads `${$}` in StringEquals literally). Others replace them on both sides; no policy or call
 * here contains the replacements.
 */
const STAND_INS: Readonly<Record<string, string>> = { "*": "~", "?": "^", $: "%" };
const standIn = (text: string): string => text.replace(/[*?$]/g, (found) => STAND_INS[found] ?? "");

/** Parses a policy once, since most policies are evaluated for many calls. */
const documentOf = remembering((policy: string): object =>
  JSON.parse(policy.replace(/\$\{([*?$])\}/g, (_, found: string) => standIn(found))),
);

/** Calls that AWS does not have, according to the evaluator. No policy changes that. */
const unheard = new Set<string>();

/**
 * True where a session policy allows the call, by an evaluator that shares no code with valetkey. Undefined where AWS
 * has no such call (the ARN is of no type that the action takes).
 */
export async function sessionPolicyAllows(policy: string, request: IamRequest): Promise<boolean | undefined> {
  const resource = request.resource === "*" ? "*" : standIn(request.resource);
  const call = `${request.action} ${resource}`;
  if (unheard.has(call)) return undefined;
  // S3 sends an object's own tags under s3:ExistingObjectTag, and its bucket's under aws:ResourceTag.
  const key = /^arn:aws:s3:::[^/]+\//.test(resource) ? "s3:ExistingObjectTag" : "aws:ResourceTag";
  const tags = Object.fromEntries(
    Object.entries(request.tags ?? {}).map(([name, value]) => [`${key}/${name}`, standIn(value)]),
  );
  const answer = await simulated(
    documentOf(policy),
    {
      action: request.action,
      resource,
      context: { "aws:ResourceAccount": request.resourceAccount, ...tags, ...request.context },
    },
    request.resourceAccount,
  );
  if (answer === undefined) unheard.add(call);
  return answer;
}

/**
 * Simulates any policy and request as they are, including what the evaluator reads otherwise than AWS
 * (`second-evaluator/disagreements.test.ts`).
 */
export async function simulated(
  sessionPolicy: object,
  { action, resource, context }: Request,
  accountId: string,
): Promise<boolean | undefined> {
  const outcome = await runSimulation(
    {
      request: {
        principal: `arn:aws:sts::${accountId}:assumed-role/valetkey-task-0/k7f3m2q9x4ab.`,
        action,
        resource: { resource, accountId },
        contextVariables: Object.fromEntries(
          Object.entries(context).map(([key, values]) => [key, typeof values === "string" ? values : [...values]]),
        ),
      },
      identityPolicies: [EVERYTHING],
      sessionPolicy: identityPolicy(sessionPolicy),
      serviceControlPolicies: [],
      resourceControlPolicies: [],
      // Without this setting AWS sends IAM no tags of a bucket.
      additionalSettings: { s3: { bucketAbacEnabled: true } },
    },
    {},
  );
  if (outcome.resultType === "error") {
    if (outcome.errors.message.endsWith("resource.types")) return undefined;
    throw new Error(`the evaluator refused ${JSON.stringify(sessionPolicy)}: ${JSON.stringify(outcome.errors)}`);
  }
  if (outcome.resultType !== "single") throw new Error("a request for one resource was read as one for several");
  return outcome.overallResult === "Allowed";
}
