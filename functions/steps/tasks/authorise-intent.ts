import { LIMITS } from "../../../contract/limits.ts";
import type { Denial } from "../../../contract/refusals.ts";
import type { Terms } from "../../connectors/aws/plan-leases.ts";
import { brand } from "../../core/brand.ts";
import { underCeiling } from "../../core/ceiling/under-ceiling.ts";
import { defined } from "../../core/defined.ts";
import { boundOf, boundOfDetails } from "../../core/delegation/bounds.ts";
import type { Bound } from "../../core/delegation/contain.ts";
import { decideWithin } from "../../core/delegation/decide-within.ts";
import { inheritedTerms } from "../../core/delegation/inherited-terms.ts";
import { withinCeiling } from "../../core/delegation/within-ceiling.ts";
import { isActive, type KnownAgent } from "../../core/identity/agent.ts";
import type { Detail } from "../../core/intent/detail.ts";
import type { Pair } from "../../core/intent/pairs.ts";
import { narrowPairs, type SpreadDetail, spreadIntent } from "../../core/intent/spread-intent.ts";
import { ceilingsOf, type OnBehalf } from "../../core/people/on-behalf.ts";
import { type Permitted, shadowsOf, type Verdict } from "../../core/policy/decide.ts";
import { personOf, type Requester } from "../../core/policy/entities.ts";
import { grantedDetails, grantedParts } from "../../core/policy/grant-details.ts";
import { hourEnd } from "../../core/policy/hour-end.ts";
import { OBLIGATIONS, strictest, votesFor } from "../../core/policy/obligations.ts";
import { refusedCallsOf } from "../../core/policy/refused-calls.ts";
import type { Ports } from "../../core/ports.ts";
import { Refusal } from "../../core/refusal.ts";
import type { TaskRequest } from "../../core/tasks/task-request.ts";
import { type GateNeeds, refuseUnaccepted } from "../threat/refuse-unaccepted.ts";
import type { Grants, NoParent, ParentScope, UnapprovedGrants } from "./grants.ts";
import { labelsOfGrants, requestersOf } from "./labels-of-grants.ts";
import { nameConditions } from "./name-conditions.ts";
import { type DeniedPair, nameOtherPlaces } from "./other-places.ts";

/** Number of pairs up to which Cedar evaluates each resource by itself, which is faster for few pairs. */
const FEW_PAIRS = 12;

/** Parts of a request on which policy decides. A task that is decided again may have no address. */
type DecidedRequest = Pick<TaskRequest, "details" | "mode" | "purpose" | "ttlSeconds" | "deliver"> &
  Partial<Pick<TaskRequest, "sourceIp">>;

/**
 * Requesting agent, and the person for whom it acts. The person is undefined, and never omitted, where the agent acts
 * for itself.
 */
export interface RequestingAgent extends Pick<Requester, "claims"> {
  readonly agent: KnownAgent;
  readonly onBehalf: OnBehalf | undefined;
}

type Needs = Pick<Ports, "clock" | "catalogue" | "policies" | "connectors" | "conditions"> & GateNeeds;

/**
 * Decides every (agent, action, target, context) by Cedar (I1), within what the account lets any task do. Grants all or
 * nothing, unless the request accepts less. A child's part must also lie within the parent's present grants and the
 * delegation, and inherits their conditions (I3). For a person, policy must permit each part to the agent and to the
 * person (B1). Each part must then also lie within the ceilings of the person's token and of the consent.
 * @param parent bounds by the tasks above, or the proof that there are none. A child's bounds thus cannot be forgotten.
 * @returns the grants, or what people have to approve first.
 * @throws {Refusal} threat_model_unaccepted, agent_inactive, intent_invalid, policy_denied with a denial for each part that is not permitted.
 */
export async function authoriseIntent(
  requesting: RequestingAgent,
  request: DecidedRequest,
  parent: ParentScope | NoParent,
  ports: Needs,
): Promise<Grants | UnapprovedGrants> {
  const { agent, claims, onBehalf } = requesting;
  const parentScope = "parent" in parent ? parent : undefined;
  const atMs = ports.clock.nowMs();
  if (!isActive(agent, atMs / 1_000)) throw new Refusal("agent_inactive");
  const conditions = await ports.conditions.known(agent);
  const ancestors = parentScope?.delegated.chain ?? [];
  const asker: Requester = { ...request, claims, agent, onBehalf, atMs, ancestors, conditions };
  const bounds = parentScope ? boundsOf(parentScope, ports) : [];
  const spread = spreadIntent(request.details, ports.catalogue, ports.connectors, ports.deployment.accounts);
  const areMany = spread.reduce((count, { pairs }) => count + pairs.length, 0) > FEW_PAIRS;
  const ceilings = ceilingsOf(onBehalf).map(({ details, source }) => ({
    bound: boundOfDetails(details, ports.catalogue, ports.connectors, ports.deployment.accounts),
    source,
  }));
  const verdictFor = (pair: Pair, requester: Requester) => {
    const verdict = decideWithin(pair, bounds, requester, ports.policies, areMany);
    const limited = ceilings.reduce((each, { bound, source }) => withinCeiling(each, pair, bound, source), verdict);
    return underCeiling(limited, ports.deployment.accounts);
  };
  const verdictOn = (pair: Pair) => verdictFor(pair, asker);
  const answered = spread.map((each) => decideDetail(each, request.mode, asker, verdictOn, ports));
  const inherited =
    parentScope &&
    inheritedTerms(parentScope.parent, parentScope.grants.terms.obligations, parentScope.grants.terms.inherited);
  const demanded = strictest(answered.flatMap((each) => each.permitted.map(({ obligations }) => obligations)));
  const delivery = request.deliver ?? OBLIGATIONS.delivery.keep(demanded) ?? inherited?.delivery;
  const requesters = requestersOf(asker, parentScope);
  const callsOf = ({ pair }: Permitted) => refusedCallsOf(pair, requesters, ports.policies);
  const decided =
    delivery === "sign"
      ? await denyCredentials(answered)
      : denied(answered, (each) => callsOf(each).length > 0, SINGLE_CALLS);
  const permitted = decided.flatMap((each) => each.permitted);
  const deniedPairs = decided.flatMap((each) => each.denied);
  const denials = deniedPairs.map(({ denial }) => denial);
  if (permitted.length === 0 || (request.mode === "all" && denials.length > 0)) {
    const inQuiet = nameConditions(deniedPairs, {
      holding: conditions,
      defined: ports.deployment.conditions ?? [],
      decide: (pair, held) => verdictFor(pair, { ...asker, conditions: held }),
    });
    throw new Refusal("policy_denied", { denials: nameOtherPlaces(inQuiet, ports.deployment.accounts, verdictOn) });
  }
  // Parts count as pairs. Without this check, more than the limit would be granted now, and refused at every renewal.
  if (permitted.length > LIMITS.pairs) {
    throw new Refusal("intent_invalid", {
      say: `The permitted part has ${permitted.length} pairs of action and resource, and a task may have ${LIMITS.pairs}; request less.`,
    });
  }
  const obligations = strictest(permitted.map((each) => each.obligations));
  const parts = decided.flatMap((each) => grantedOf(each, request.mode, ports));
  const details = parts.map(({ detail }) => detail);
  // A connector may have no credential for a part: GitHub has no token that may write and not read.
  if (details.length === 0) throw new Refusal("policy_denied", { denials });
  const terms: Terms = {
    obligations: {
      ...obligations,
      rotateAfterUse: OBLIGATIONS.rotateAfterUse.keep(obligations) || (inherited?.rotateAfterUse ?? false),
    },
    ...(ports.policies.readsTime ? { hourEndsAt: decidedUntil(atMs, parentScope) } : {}),
    ...(delivery === "sign" ? refusedCalls(permitted.flatMap(callsOf)) : {}),
    ...defined({ inherited, delivery }),
  };
  const aws = parts.flatMap(({ detail, permitted }, index) =>
    detail.type === "aws" ? [{ detail, index, permitted }] : [],
  );
  const labels = labelsOfGrants(permitted, asker, parentScope, ports);
  const isUnaccepted = await refuseUnaccepted(agent, details, ports);
  const granted = {
    written: request.details,
    details,
    aws,
    connected: details.flatMap((detail, index) =>
      detail.type === "aws" || detail.type === "tool" ? [] : [{ detail, index, terms }],
    ),
    terms,
    policies: [...new Set(permitted.flatMap(({ policies }) => policies))].sort(),
    shadows: [...new Set(decided.flatMap(({ shadows }) => shadows))].sort(),
    denials,
    outlives: permitted.filter(({ pair }) => pair.mints).map(({ pair: { action, target } }) => ({ action, target })),
    bound: boundOf(permitted),
    labels,
    requester: asker,
    decideAgain: () => authoriseIntent(requesting, request, parent, ports),
    agents: [...(parentScope?.grants.agents ?? []), agent],
    ...(parentScope ? { parentScope } : {}),
    ...(isUnaccepted ? { isUnaccepted } : {}),
  };
  const needed = votesFor(terms.obligations);
  return needed.length > 0 ? brand<UnapprovedGrants>({ ...granted, needed }) : brand<Grants>(granted);
}

/**
 * Computes the earliest end of the hours in which policy decided about this task and the tasks above; epoch seconds.
 * Each was decided at its own moment, so the clock is not read again.
 */
const decidedUntil = (atMs: number, parentScope: ParentScope | undefined): number =>
  Math.min(hourEnd(atMs), parentScope?.grants.terms.hourEndsAt ?? Number.POSITIVE_INFINITY);

/** Lists the bounds of a child: the parent's grants, and the delegation's details where it has any. */
const boundsOf = ({ grants, delegated }: ParentScope, ports: Needs): readonly Bound[] => [
  grants.bound,
  ...(delegated.details
    ? [boundOfDetails(delegated.details, ports.catalogue, ports.connectors, ports.deployment.accounts)]
    : []),
];

interface Decided {
  readonly detail: Detail;
  readonly permitted: readonly Permitted[];
  readonly denied: readonly DeniedPair[];
  readonly shadows: readonly string[];
}

function decideDetail(
  { detail, pairs }: SpreadDetail,
  mode: DecidedRequest["mode"],
  asker: Requester,
  decide: (pair: Pair) => Verdict,
  ports: Pick<Ports, "catalogue" | "policies">,
): Decided {
  const permitted: Permitted[] = [];
  const denied: DeniedPair[] = [];
  const shadows: string[] = [];
  for (const pair of pairs) {
    for (const each of [asker, personOf(asker)].filter((one) => one !== undefined))
      shadows.push(...shadowsOf(pair, each, ports.policies).map(({ policy, would }) => `${would}:${policy}`));
    const verdict = decide(pair);
    if ("permitted" in verdict) {
      permitted.push(verdict.permitted);
      continue;
    }
    const { denial, narrower } = verdict.denied;
    denied.push({ pair, denial, hasHint: narrower.length > 0 });
    if (mode === "all") continue;
    // A part of the set may be permitted: each part is decided by itself.
    const parts = narrowPairs(pair, narrower, ports.catalogue).map(decide);
    permitted.push(...parts.flatMap((part) => ("permitted" in part ? [part.permitted] : [])));
  }
  return { detail, permitted, denied, shadows };
}

/**
 * Denies the pairs whose calls hand out credentials: a task without a key gets none by a detour. The list of such calls is loaded at its first use: few tasks
 * have their requests signed.
 */
async function denyCredentials(all: readonly Decided[]): Promise<readonly Decided[]> {
  const { handsOutCredentials } = await import("../../core/catalogue/minting/minting.ts");
  return denied(all, ({ pair }) => pair.mints && handsOutCredentials(pair.action), HANDS_OUT_CREDENTIALS);
}

/** Denies the permitted pairs of which that is true, for one reason. */
function denied(
  all: readonly Decided[],
  isDenied: (each: Permitted) => boolean,
  why: Pick<Denial, "reason" | "hint">,
): readonly Decided[] {
  return all.map((decided) => ({
    ...decided,
    permitted: decided.permitted.filter((each) => !isDenied(each)),
    denied: [
      ...decided.denied,
      ...decided.permitted.filter(isDenied).map(({ pair }) => ({
        pair,
        denial: { action: pair.action, target: pair.target, ...why },
        hasHint: true,
      })),
    ],
  }));
}

/** Writes the operations that policy refuses, each once. */
const refusedCalls = (operations: readonly string[]): Pick<Terms, "refusedCalls"> =>
  operations.length === 0 ? {} : { refusedCalls: [...new Set(operations)].sort() };

const SINGLE_CALLS = {
  reason: "Policy refuses some calls of it (`@perCall`), and only the hub's signature tells one call from another.",
  hint: 'Ask for a task whose requests the hub signs: `deliver: "sign"`, `npx valetkey exec --sign`.',
} as const;

const HANDS_OUT_CREDENTIALS = {
  reason: "The action hands out credentials, and the hub signs the task's requests so that its agent gets none.",
  hint: "Request the action in a task of its own, where policy hands out the key.",
} as const;

/**
 * Lists the granted details of one requested detail: itself, or details that state its permitted parts. The latter also
 * holds where a `"*"` was written out.
 */
function grantedOf(
  { detail, permitted }: Decided,
  mode: DecidedRequest["mode"],
  { connectors }: Needs,
): readonly Pick<Decided, "detail" | "permitted">[] {
  const isWrittenOut = permitted.some(({ pair }) => pair.kind === "resource" && pair.wantsAll);
  if (mode === "all" && !isWrittenOut) return [{ detail, permitted }];
  if (detail.type === "aws") return grantedParts(detail, permitted);
  return grantedDetails(detail, permitted, connectors).map((each) => ({ detail: each, permitted: [] }));
}
