import type { Pair } from "../../functions/core/intent/pairs.ts";
import { globFromIam, matches } from "../../functions/core/policy/glob.ts";
import type { Scenario } from "./arbitrary/scenarios.ts";
import { callsFor, contextOf, meetsOwnConditions } from "./calls.ts";
import { type Call, cedarOracle } from "./cedar-oracle.ts";
import { sessionPolicyAllows } from "./iam-oracle.ts";
import { type Pipeline, type Session, VENDED_AT_MS, type Vended, vend } from "./vend.ts";

/** What came of one scenario, in numbers; and every call that is allowed though Cedar would not permit it, or nobody asked for it. */
export interface Tried {
  readonly vended: Vended;
  /** Calls that were put to the session policies; AWS has each of them. */
  asked: number;
  allowed: number;
  /** Of the calls that an intent names which was granted as a whole, before the fence: those that Cedar permits. */
  permitted: number;
  /** Those of them on the terms of the very permit that decided: what the session policy ought to allow. */
  promised: number;
  /** Those of these that it allows. */
  kept: number;
  /** Those that it does not, where the permit takes it well that a tag is missing which it mentions: what IAM is never asked for (docs/compiler.md, section 12). */
  unsayable: number;
  /** Promised and not allowed. */
  readonly broken: string[];
  readonly violations: string[];
}

/**
 * Vends what policy permits of the scenario and tries it on concrete calls.
 * @param most calls for each session, about; of more, some are made, spread evenly.
 */
export async function vendAndTry(
  scenario: Scenario,
  pipeline: Pipeline,
  most = Number.POSITIVE_INFINITY,
): Promise<Tried> {
  const vended = vend(scenario, pipeline);
  const numbers = { asked: 0, allowed: 0, permitted: 0, promised: 0, kept: 0, unsayable: 0 };
  const tried: Tried = { vended, ...numbers, broken: [], violations: [] };
  for (const { text, faults } of vended.rejected)
    if (!faults.some((fault) => fault.includes("by identity"))) tried.violations.push(`was built: ${text}`);
  const permitsOf = cedarOracle(vended.texts, scenario, VENDED_AT_MS);
  for (const session of vended.sessions) {
    const calls = callsFor(scenario, session);
    const some = calls.filter((_, index) => (index * GOLDEN) % 1 < most / calls.length);
    for (const call of some) await tryCall(call, session, permitsOf, tried);
  }
  return tried;
}

/** Its multiples spread evenly, and keep no step with tags, addresses and times, which change from call to call. */
const GOLDEN = (Math.sqrt(5) - 1) / 2;

async function tryCall(call: Call, session: Session, permitsOf: ReturnType<typeof cedarOracle>, tried: Tried) {
  const isAllowed = await sessionPolicyAllows(session.policy, { ...call, context: contextOf(call) });
  if (isAllowed === undefined) return;
  tried.asked += 1;
  const isNamed = call.resourceAccount === session.detail.account && session.pairs.some((pair) => names(pair, call));
  if (!isAllowed && !isNamed) return;
  const permits = isNamed ? permitsOf(call) : [];
  const said = () => `${JSON.stringify(call)}: ${session.policy}`;
  if (isAllowed) tried.allowed += 1;
  if (isAllowed && permits.length === 0) tried.violations.push(said());
  if (permits.length === 0 || !isPromise(session, call)) return;
  tried.permitted += 1;
  const deciders = session.permitted.filter(({ pair }) => names(pair, call)).map(({ policies }) => policies[0] ?? "");
  const [decider] = deciders.filter((id) => permits.includes(id));
  if (decider === undefined) return;
  tried.promised += 1;
  if (isAllowed) tried.kept += 1;
  else if (takesAbsence(tried.vended.texts[Number(decider.slice(1))], call)) tried.unsayable += 1;
  else tried.broken.push(said());
}

/** Whether the permit permits the call though the resource does not have a tag that stands in it. */
const takesAbsence = (permit = "", { tags = {} }: Call): boolean =>
  [...permit.matchAll(/resource\.tags(?:\.| has )(\w+)/g)].some(([, tag = ""]) => !Object.hasOwn(tags, tag));

const names = ({ action, target }: Pair, call: Call): boolean =>
  action === call.action && matches(globFromIam(target), call.resource);

/** Whether the session is for this call, as far as everything but policy goes. */
const isPromise = (session: Session, call: Call): boolean =>
  session.narrowed === 0 &&
  session.permitted.length === session.pairs.length &&
  call.atMs <= session.fenceAt * 1_000 &&
  (session.sourceIp === undefined || session.sourceIp === call.sourceIp) &&
  meetsOwnConditions(session, call);
