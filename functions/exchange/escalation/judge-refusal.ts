import type { AgentId } from "../../../contract/agent-id.ts";
import type { RuleId } from "../../../contract/names.ts";
import type { RuleAbout } from "../../core/deployment/escalation-rules.ts";
import { type Detection, detectionId, printable } from "../../core/escalation/detection.ts";
import { areTooManyRefusals } from "../../core/escalation/refused-uses.ts";
import { type Refusal, reasonOf } from "../../core/refusal.ts";
import { rootOf } from "../../core/task-path.ts";
import type { Identity } from "../../steps/requests/verify-identity.ts";
import { coolingDown } from "../../steps/tasks/refuse-cooling.ts";
import type { WatchedRequest, WatchNeeds } from "./watched-request.ts";

/** Finding of one rule in a refusal. */
interface Judged<Rule extends RuleId> {
  /** Refusal to answer with. */
  readonly answer: Refusal;
  readonly found?: Detection & { readonly rule: Rule };
}

type Judge<Rule extends RuleId> = (
  refusal: Refusal,
  identity: Identity,
  request: WatchedRequest,
  ports: WatchNeeds,
) => Promise<Judged<Rule>>;

/**
 * Looks for escalations in a refusal, and reports them. Only a token that is used for the first time counts against its agent.
 * @returns the refusal to answer with.
 * @throws {Refusal} store_unavailable, contended: a refusal that could not be counted is not answered as a decision.
 */
export async function judgeRefusal(
  refusal: Refusal,
  identity: Identity,
  request: WatchedRequest,
  ports: WatchNeeds,
): Promise<Refusal> {
  let answer = refusal;
  for (const judge of Object.values<Judge<RuleId>>(JUDGES)) {
    const judged = await judge(answer, identity, request, ports);
    answer = judged.answer;
    if (judged.found) await report(judged.found, ports);
  }
  return answer;
}

/** Finds E8: too many refusals by policy within a few minutes. */
async function judgePolicyRefusal(
  refusal: Refusal,
  { agent: { id: agent }, use }: Identity,
  { delegationToken, personToken, sourceIp }: WatchedRequest,
  ports: WatchNeeds,
): Promise<Judged<"E8">> {
  // The delegator bounds what a sub-agent may request, so a refusal of the sub-agent may be the delegator's doing.
  if (delegationToken !== undefined) return { answer: refusal };
  // A person chooses the work of an assistant, so a refusal on their behalf may be the person's doing.
  if (personToken !== undefined) return { answer: refusal };
  // Refusals during a cool-down are not counted, so that no cool-down leads to the next.
  const until = await ports.coolDowns.until(agent);
  if (until !== undefined) return { answer: coolingDown(until, ports) };
  const { refusedUses } = await ports.watch();
  if (!(await refusedUses.add(agent, use, true))) return logUsed(refusal, agent, ports);
  const at = nowSeconds(ports);
  if (!areTooManyRefusals(await refusedUses.latest(agent), at)) return { answer: refusal };
  const { action = "", target = "" } = refusal.detail.denials?.[0] ?? {};
  return {
    answer: refusal,
    found: {
      id: detectionId("E8", "", agent, at),
      rule: "E8",
      at,
      agent,
      action: printable(action),
      resource: printable(target),
      source_ip: printable(sourceIp),
    },
  };
}

/** Finds E7: an agent shows another agent's delegation token, of a tree in which it has no live task. */
async function judgeMisuse(
  refusal: Refusal,
  { agent: { id: agent }, use }: Identity,
  { sourceIp }: WatchedRequest,
  ports: WatchNeeds,
): Promise<Judged<"E7">> {
  const { misused } = refusal.detail;
  if (!misused) return { answer: refusal };
  const { task, hash } = misused;
  const own = await ports.agents.liveTasks(agent);
  if (own.some((path) => rootOf(path) === rootOf(task))) return { answer: refusal };
  const { refusedUses } = await ports.watch();
  if (!(await refusedUses.add(agent, use, false))) return logUsed(refusal, agent, ports);
  const at = nowSeconds(ports);
  const id = detectionId("E7", "", `${agent} ${hash}`, at);
  return {
    answer: refusal,
    found: { id, rule: "E7", at, agent, task, token_sha256: hash, source_ip: printable(sourceIp) },
  };
}

/** Rules about refused requests, each with what finds it in a refusal. A rule without one does not compile. */
const JUDGES = {
  E7: judgeMisuse,
  E8: judgePolicyRefusal,
} as const satisfies { readonly [Rule in RuleAbout<"token" | "agent">]: Judge<Rule> };

const nowSeconds = ({ clock }: Pick<WatchNeeds, "clock">): number => Math.floor(clock.nowMs() / 1_000);

/** Logs a refusal that does not count: somebody may have taken the token from its agent. */
function logUsed(refusal: Refusal, agent: AgentId, { log }: Pick<WatchNeeds, "log">): { readonly answer: Refusal } {
  log.write({ level: "warn", event: "used_token_refused", agent });
  return { answer: refusal };
}

/** Puts a detection on the bus. If the bus fails, an alarm rings, the refusal remains, and the next such refusal reports the detection again. */
async function report(detection: Detection, { watch, log }: Pick<WatchNeeds, "watch" | "log">): Promise<void> {
  const { escalations } = await watch();
  try {
    await escalations.report([detection]);
  } catch (error) {
    const { rule, agent } = detection;
    log.write({ level: "error", event: "escalation_not_told", rule, agent, why: reasonOf(error) });
  }
}
