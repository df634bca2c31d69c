import { runSimulation, type Simulation, type SimulationIdentityPolicy } from "@cloud-copilot/iam-simulate";
import { KnownDecisions } from "./known-decisions.ts";
import type { ContextValues, Need } from "./need.ts";
import type { PolicyDocument } from "./policy-document.ts";
import type { Role } from "./roles.ts";
import { type Session, sessionArn } from "./sessions.ts";
import { unansweredKey } from "./unanswered-keys.ts";
import { identityPolicy, resourcePolicy } from "./validated-policy.ts";

export type Decision =
  | { readonly decision: "Allowed" }
  | {
      readonly decision: "Denied";
      /** The end of AWS's sentence: "because no session policy allows the s3:GetObject action". */
      readonly why: string;
    };

/**
 * Actions that need no right. AWS documents no right for `GetScopedCredentials`, which only narrows the caller's own
 * rights.
 */
const NEEDS_NO_RIGHT: ReadonlySet<string> = new Set(["sts:GetCallerIdentity", "sts:GetScopedCredentials"]);

/**
 * Decides one need as IAM does. Evaluates the role's permission and inline policies, its boundary, the session policy
 * and the resource's policy. A Deny in any of them wins. A need that the evaluator cannot decide is denied.
 */
export async function decide(session: Session, need: Need, context: ContextValues, now: number): Promise<Decision> {
  if (NEEDS_NO_RIGHT.has(need.action)) return { decision: "Allowed" };
  if (need.resource !== "*" && /[*?]/.test(need.resource)) {
    return denied(
      `because the embedded AWS cannot distinguish a "*" or "?" in a resource's name from a wildcard (${need.resource})`,
    );
  }
  const { role } = session;
  const policies = [
    ...identityPolicies(role, now).map(({ policy }) => policy),
    role.boundary,
    session.policy,
    ...(session.scopeDown ?? []),
    need.resourcePolicy,
  ];
  const unanswered = unansweredKey(need.action.split(":")[0] ?? "", policies);
  if (unanswered !== undefined)
    return denied(`because a policy asks for ${unanswered}, which the embedded AWS does not supply`);
  if (session.policy === undefined && session.scopeDown === undefined)
    return known.of(session, need, context, () => ask(session, need, context, now));
  return ask(session, need, context, now);
}

const known = new KnownDecisions<Decision>();

async function ask(session: Session, need: Need, context: ContextValues, now: number): Promise<Decision> {
  try {
    const withResourcePolicy = await evaluate(session, need, context, now, need.resourcePolicy);
    if (withResourcePolicy.decision === "Denied" || !need.needsIdentityAllow) return withResourcePolicy;
    return await evaluate(session, { ...need, resourceAccount: session.role.account }, context, now, undefined);
  } catch (error) {
    return denied(`because the evaluator failed: ${error instanceof Error ? error.message : "unknown"}`);
  }
}

/**
 * Evaluates a call once for each policy of the session: the evaluator takes one at a time, and the call must pass all.
 */
async function evaluate(
  session: Session,
  need: Need,
  context: ContextValues,
  now: number,
  ofResource: PolicyDocument | undefined,
): Promise<Decision> {
  for (const policy of [session.policy, ...(session.scopeDown ?? [])]) {
    const decision = await evaluateOne(session, policy, need, context, now, ofResource);
    if (decision.decision === "Denied") return decision;
  }
  return { decision: "Allowed" };
}

async function evaluateOne(
  session: Session,
  sessionPolicy: PolicyDocument | undefined,
  need: Need,
  context: ContextValues,
  now: number,
  ofResource: PolicyDocument | undefined,
): Promise<Decision> {
  const { role } = session;
  const outcome = await runSimulation(
    {
      ...simulation(sessionArn(session), identityPolicies(role, now), need, context),
      ...(sessionPolicy === undefined ? {} : { sessionPolicy: identityPolicy(sessionPolicy) }),
      ...(role.boundary === undefined
        ? {}
        : { permissionBoundaryPolicies: [{ name: "boundary", policy: identityPolicy(role.boundary) }] }),
      ...(ofResource === undefined ? {} : { resourcePolicy: resourcePolicy(ofResource) }),
    },
    {},
  );
  if (outcome.resultType === "error") return denied(`the evaluator refused the request: ${describe(outcome.errors)}`);
  if (outcome.resultType !== "single") return denied("the resource is ambiguous");
  if (outcome.overallResult === "Allowed") return { decision: "Allowed" };
  return denied(reason(outcome.result.analysis, need, session));
}

type Analysis = Extract<Awaited<ReturnType<typeof runSimulation>>, { resultType: "single" }>["result"]["analysis"];

/** Names the first kind of policy that denied the call, as AWS does. */
function reason(analysis: Analysis, need: Need, session: Session): string {
  const isCrossAccount = need.resourceAccount !== session.role.account;
  const explicitly = (kind: string): string => `with an explicit deny in ${kind}`;
  const missing = (kind: string): string => `because no ${kind} allows the ${need.action} action`;
  if (analysis.identityAnalysis?.result === "ExplicitlyDenied") return explicitly("an identity-based policy");
  if (analysis.sessionAnalysis?.result === "ExplicitlyDenied") return explicitly("a session policy");
  if (analysis.permissionBoundaryAnalysis?.result === "ExplicitlyDenied") return explicitly("a permissions boundary");
  if (analysis.resourceAnalysis?.result === "ExplicitlyDenied") return explicitly("a resource-based policy");
  if (analysis.resourceAnalysis?.result === "ImplicitlyDenied" && (isCrossAccount || need.action.startsWith("sts:")))
    return missing("resource-based policy");
  if (analysis.identityAnalysis?.result !== "Allowed") return missing("identity-based policy");
  if (analysis.sessionAnalysis && analysis.sessionAnalysis.result !== "Allowed") return missing("session policy");
  if (analysis.permissionBoundaryAnalysis && analysis.permissionBoundaryAnalysis.result !== "Allowed")
    return missing("permissions boundary");
  return missing("resource-based policy");
}

function identityPolicies(role: Role, now: number): SimulationIdentityPolicy[] {
  const managed = Object.entries(role.permissions).map(([name, policy]) => ({ name, policy }));
  const inline = [...role.inline.actingAt(now)].map(([name, { document }]) => ({ name, policy: document }));
  return [...managed, ...inline];
}

function simulation(
  principal: string,
  policies: SimulationIdentityPolicy[],
  need: Need,
  context: ContextValues,
): Simulation {
  return {
    request: {
      principal,
      action: need.action,
      resource: { resource: need.resource, accountId: need.resourceAccount },
      contextVariables: Object.fromEntries(
        Object.entries(context).map(([key, value]) => [key, typeof value === "string" ? value : [...value]]),
      ),
    },
    identityPolicies: policies.map(({ name, policy }) => ({ name, policy: identityPolicy(policy) })),
    // The context has a bucket's tags only where the bucket has ABAC on, so this setting may always be true.
    additionalSettings: { s3: { bucketAbacEnabled: true } },
    serviceControlPolicies: [],
    resourceControlPolicies: [],
  };
}

const denied = (why: string): Decision => ({ decision: "Denied", why });
const describe = (errors: object): string => JSON.stringify(errors).slice(0, 500);
