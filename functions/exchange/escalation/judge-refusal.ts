import { type Detection, detectionId, printable } from "../../core/escalation/detection.ts";
import { areTooManyRefusals, type RefusalWatch } from "../../core/escalation/refused-uses.ts";
import { type MisusedDelegation, type Refusal, reasonOf } from "../../core/refusal.ts";
import { rootOf } from "../../core/task-path.ts";
import type { Identity } from "../../steps/requests/verify-identity.ts";
import { coolingDown } from "../../steps/tasks/refuse-cooling.ts";
import type { WatchedRequest, WatchNeeds } from "./watched-request.ts";

/**
 * Looks for an escalation in a refusal, and tells of it. Only a token that is used for the first time counts against its agent.
 * @returns the refusal to answer with.
 * @throws {Refusal} store_unavailable, contended: what could not be counted is not answered as a decision.
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
  // The delegator chooses what a sub-agent may ask for: a refusal of the sub-agent may be the delegator's doing.
  if (request.delegationToken !== undefined) return refusal;
  // And so may one on behalf of a person be the person's, who chooses what an assistant is asked for.
  if (request.personToken !== undefined) return refusal;
  return judgePolicyRefusal(refusal, identity, request, ports);
}

/** Looks for E8: so many refusals by policy within so few minutes. */
async function judgePolicyRefusal(
  refusal: Refusal,
  { agent: { id: agent }, use }: Identity,
  { sourceIp }: WatchedRequest,
  ports: WatchNeeds,
): Promise<Refusal> {
  // Not counted during a cool-down, so that none leads to the next.
  const until = await ports.coolDowns.until(agent);
  if (until !== undefined) return coolingDown(until, ports);
  const watch = await ports.watch();
  if (!(await watch.refusedUses.add(agent, use, true))) return tellUsed(refusal, agent, ports);
  const at = nowSeconds(ports);
  if (!areTooManyRefusals(await watch.refusedUses.latest(agent), at)) return refusal;
  const { action = "", target = "" } = refusal.detail.denials?.[0] ?? {};
  await tell(
    {
      ...{ id: detectionId("E8", "", agent, at), rule: "E8", at, agent },
      ...{ action: printable(action), resource: printable(target), source_ip: printable(sourceIp) },
    },
    watch,
    ports,
  );
  return refusal;
}

/** Looks for E7: a delegation token of another agent, in a tree where its user has no task. */
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
    tellUsed(undefined, agent, ports);
    return;
  }
  const at = nowSeconds(ports);
  const id = detectionId("E7", "", `${agent} ${hash}`, at);
  await tell({ id, rule: "E7", at, agent, task, token_sha256: hash, source_ip: printable(sourceIp) }, watch, ports);
}

const nowSeconds = ({ clock }: Pick<WatchNeeds, "clock">): number => Math.floor(clock.nowMs() / 1_000);

/** Logs a refusal that does not count: somebody may have taken the token from its agent. */
function tellUsed<T>(refusal: T, agent: string, { log }: Pick<WatchNeeds, "log">): T {
  log.write({ level: "warn", event: "used_token_refused", agent });
  return refusal;
}

/** Puts a detection on the bus. Where that fails an alarm rings, and the next such refusal reports it again; the refusal remains. */
async function tell(detection: Detection, { escalations }: RefusalWatch, { log }: Pick<WatchNeeds, "log">) {
  try {
    await escalations.report([detection]);
  } catch (error) {
    const { rule, agent } = detection;
    log.write({ level: "error", event: "escalation_not_told", rule, agent, why: reasonOf(error) });
  }
}
