import type { Decision } from "../../../contract/self.ts";
import { isActive } from "../../core/identity/agent.ts";
import type { SealingPorts } from "../../core/ports.ts";
import { Refusal } from "../../core/refusal.ts";
import { refusalBody } from "../../http/answer.ts";
import { answered } from "../../http/answered.ts";
import type { HttpAnswer, HttpEvent } from "../../http/event.ts";
import { proveQuestioner } from "../../steps/requests/prove-questioner.ts";
import { isDecision } from "../../steps/requests/request-record.ts";
import type { Identity } from "../../steps/requests/verify-identity.ts";
import { describeDetails } from "../../steps/tasks/describe-details.ts";
import { refuseCooling } from "../../steps/tasks/refuse-cooling.ts";
import { refuseHaltedAccounts, refuseIfHalted } from "../../steps/tasks/refuse-halted.ts";
import { refusePaused } from "../../steps/tasks/refuse-paused.ts";
import { watchRefusals } from "../escalation/watch-refusals.ts";
import { type DecidedTask, decideFor } from "../exchange.ts";
import { parseForm, parseTokenRequest, type TokenRequest } from "../request.ts";
import { planNow } from "../vend/plan-now.ts";
import { newTask } from "../vend/plan-task.ts";

/**
 * Answers `POST /v1/decide`: what the exchange would decide about the form of a task, without the task. Shares every step of the decision with the exchange,
 * and writes nothing but the count of questions. A denial is an answer here: it is no escalation, and not in the journal. The use of another agent's
 * delegation is one, as at the exchange.
 */
export const decideOnly = (event: HttpEvent, ports: SealingPorts): Promise<HttpAnswer> =>
  answered<Decision>(event, ports, async (record) => {
    const request = parseTokenRequest(parseForm(event), event, ports);
    const identity = await proveQuestioner(request.identityToken, record, ports);
    return await watchRefusals(identity, request, ports, () => decisionOn(identity, request, ports));
  });

async function decisionOn(identity: Identity, request: TokenRequest, ports: SealingPorts): Promise<Decision> {
  const agent = identity.agent.id;
  try {
    const decided = await decideFor(identity, request, ports, { note: () => {} });
    await refuseStopped(decided, ports);
    await planNow(newTask(decided.caller, decided.request, decided.grants, ports).task, decided.grants, [], ports);
    const { grants } = decided;
    return {
      agent,
      decision: "needed" in grants ? "approval" : "permitted",
      authorization_details: describeDetails(grants.details),
      ...(grants.denials.length > 0 ? { denials: grants.denials } : {}),
      ...("needed" in grants ? { needed: grants.needed.map(({ group, count }) => ({ group, count })) } : {}),
    };
  } catch (error) {
    if (!(error instanceof Refusal) || error.detail.misused || !isDecision(error)) throw error;
    const { denials, ...refusal } = refusalBody(error);
    return { agent, decision: "refused", ...(denials ? { denials } : {}), refusal };
  }
}

/** Refuses what the exchange refuses after its record of a task: agents, accounts and tasks that were stopped, as they are now. */
async function refuseStopped({ caller: { agent, onBehalf }, grants }: DecidedTask, ports: SealingPorts): Promise<void> {
  const nowSeconds = ports.clock.nowMs() / 1_000;
  const delegated = grants.parentScope?.delegated;
  const [panic, now] = await Promise.all([
    ports.panics.read(),
    ports.agents.read(agent.id),
    refuseHaltedAccounts(
      grants.aws.map(({ detail }) => detail),
      ports,
    ),
    refuseCooling(agent.id, ports),
    refusePaused({ agent: agent.id, ...(delegated ? { delegated } : {}), ...(onBehalf ? { onBehalf } : {}) }, ports),
  ]);
  refuseIfHalted(panic, [], nowSeconds);
  if (!now || !isActive(now, nowSeconds)) throw new Refusal("agent_inactive");
}
