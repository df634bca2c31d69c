import type { AgentId } from "../../../contract/agent-id.ts";
import { type Detection, detectionId, printable } from "../../core/escalation/detection.ts";
import { areTooManyRefusals, type RefusalWatch } from "../../core/escalation/refused-uses.ts";
import { type MisusedDelegation, type Refusal, reasonOf } from "../../core/refusal.ts";
import { rootOf } from "../../core/task-path.ts";
import type { Identity } from "../../steps/requests/verify-identity.ts";
import { coolingDown } from "../../steps/tasks/refuse-cooling.ts";
import type { WatchedRequest, WatchNeeds } from "./watched-request.ts";

/**
 * Looks for an escalation in a refusal, and reports it. Only a token that is used for the first time counts against its agent.
 * @returns the refusal to answer with.
 * @throws {Refusal} store_unavailable, contended: a refusal that could not be counted is not answered as a decision.
 */
export async function judgeRefusal(
  refusal: Refusal,
  identity: Identity,
  request: WatchedRequest,
  ports: WatchNeeds,
): Promise<Refusal> {
  const { misused } = refusal.detail;
  if (misused) {
    await judgeMisuse(misused, identity, request, ports);
    return refusal;
  }
  // The delegator bounds what a sub-agent may request, so a refusal of the sub-agent may be the delegator's doing.
  if (request.delegationToken !== undefined) return refusal;
  // A person chooses the work of an assistant, so a refusal on their behalf may be the person's doing.
  if (request.personToken !== undefined) return refusal;
  return judgePolicyRefusal(refusal, identity, request, ports);
}

/** Looks for E8: too many refusals by policy within a few minutes. */
async function judgePolicyRefusal(
  refusal: Refusal,
  { agent: { id: agent }, use }: Identity,
  { sourceIp }: WatchedRequest,
  ports: WatchNeeds,
): Promise<Refusal> {
  // Refusals during a cool-down are not counted, so that no cool-down leads to the next.
  const until = await ports.coolDowns.until(agent);
  if (until !== undefined) return coolingDown(until, ports);
  const watch = await ports.watch();
  if (!(await watch.refusedUses.add(agent, use, true))) return logUsed(refusal, agent, ports);
  const at = nowSeconds(ports);
  if (!areTooManyRefusals(await watch.refusedUses.latest(agent), at)) return refusal;
  const { action = "", target = "" } = refusal.detail.denials?.[0] ?? {};
  await report(
    {
      id: detectionId("E8", "", agent, at),
      rule: "E8",
      at,
      agent,
      action: printable(action),
      resource: printable(target),
      source_ip: printable(sourceIp),
    },
    watch,
    ports,
  );
  return refusal;
}

/** Looks for E7: an agent shows another agent's delegation token, of a tree in which it has no live task. */
async function judgeMisuse(
  { task, hash }: MisusedDelegation,
  { agent: { id: agent }, use }: Identity,
  { sourceIp }: WatchedRequest,
  ports: WatchNeeds,
): Promise<void> {
  const own = await ports.agents.liveTasks(agent);
  if (own.some((path) => rootOf(path) === rootOf(task))) return;
  const watch = await ports.watch();
  if (!(await watch.refusedUses.add(agent, use, false))) {
    logUsed(undefined, agent, ports);
    return;
  }
  const at = nowSeconds(ports);
  const id = detectionId("E7", "", `${agent} ${hash}`, at);
  await report({ id, rule: "E7", at, agent, task, token_sha256: hash, source_ip: printable(sourceIp) }, watch, ports);
}

const nowSeconds = ({ clock }: Pick<WatchNeeds, "clock">): number => Math.floor(clock.nowMs() / 1_000);

/** Logs a refusal that does not count: somebody may have taken the token from its agent. */
function logUsed<T>(refusal: T, agent: AgentId, { log }: Pick<WatchNeeds, "log">): T {
  log.write({ level: "warn", event: "used_token_refused", agent });
  return refusal;
}

/** Puts a detection on the bus. If the bus fails, an alarm rings, the refusal remains, and the next such refusal reports the detection again. */
async function report(detection: Detection, { escalations }: RefusalWatch, { log }: Pick<WatchNeeds, "log">) {
  try {
    await escalations.report([detection]);
  } catch (error) {
    const { rule, agent } = detection;
    log.write({ level: "error", event: "escalation_not_told", rule, agent, why: reasonOf(error) });
  }
}
