import { createHash } from "node:crypto";
import type { AgentId } from "../../contract/agent-id.ts";
import type { OffboardedAgent, Offboarding } from "../../contract/offboarding.ts";
import { isAtLeast } from "../core/identity/agent.ts";
import { factsOf } from "../core/journal/event.ts";
import { closesAt } from "../core/offboarding/closes-at.ts";
import { evidenceOf } from "../core/offboarding/report-task.ts";
import type { Ports } from "../core/ports.ts";
import { Refusal } from "../core/refusal.ts";
import { isoSeconds } from "../core/text/iso-seconds.ts";
import type { HttpAnswer, HttpEvent } from "../http/event.ts";
import { agentFor } from "../operators/agent-for.ts";
import { describeAgent } from "../operators/describe-agent.ts";
import { operation } from "../operators/operation.ts";
import { optionalReason } from "../operators/reason-in.ts";
import { readActBody, stepUp } from "../operators/step-up.ts";
import { gatherReport } from "../steps/agents/gather-report.ts";
import { offboardAgent } from "../steps/agents/offboard-agent.ts";
import { signOff } from "../steps/agents/sign-off.ts";
import type { ReceiptPorts } from "./read-receipt.ts";
import type { SecretPorts } from "./secret-ports.ts";

/** Time for which one request ends tasks; milliseconds. The answer has to be sent before the API's 30 seconds are over. */
const WORKING_MS = 20_000;

/** Answers `POST /v1/agents/{agent}/offboard`, with 202 if tasks are left to end. A repeat ends further ones; without a repeat, the sweep does. */
export const offboard = (event: HttpEvent, ports: SecretPorts & ReceiptPorts): Promise<HttpAnswer> =>
  operation<OffboardedAgent>(
    event,
    ports,
    async (operator) => {
      const untilMs = ports.clock.nowMs() + WORKING_MS;
      const before = await agentFor(operator, "valetkey:OffboardAgent", event.pathParameters?.agent ?? "", ports);
      const said = optionalReason(event, readActBody);
      // An offboarding that has begun needs no further vote: the sweep continues it without anybody.
      const voted = isAtLeast(before.status, "offboarding")
        ? undefined
        : await stepUp(operator, event, "POST /v1/agents/{agent}/offboard", ports);
      const cause = { said, ...(voted ? { voted } : {}) };
      const { agent: halted, ended, left } = await offboardAgent(before, operator.id, ports, untilMs, cause);
      const agent = left > 0 ? halted : await signOff(halted, operator.id, ports);
      const closes = agent.status === "offboarding" ? closesAt(agent) : undefined;
      return {
        ...describeAgent(agent, ports.deployment),
        ended_tasks: ended.length,
        ended,
        left_tasks: left,
        ...(closes === undefined ? {} : { closes_at: isoSeconds(closes) }),
      };
    },
    ({ left_tasks: left }) => (left === 0 ? 200 : 202),
  );

/** Answers `GET /v1/agents/{agent}/offboarding` with the report on each part of the offboarding. The report is signed off once nothing is open. */
export const readOffboarding = (event: HttpEvent, ports: SecretPorts & ReceiptPorts): Promise<HttpAnswer> =>
  operation<Offboarding>(event, ports, async (operator) => {
    const agent = await agentFor(operator, "valetkey:ReadAgent", event.pathParameters?.agent ?? "", ports);
    if (!isAtLeast(agent.status, "offboarding")) throw new Refusal("not_offboarding");
    if (agent.status === "offboarded") return await signedReport(agent.id, ports);
    const { report } = await gatherReport(agent, ports);
    // The report may still change: the sweep, or a repeat of the offboarding, signs it off later.
    return { report };
  });

/** Returns the signed report. @throws {Error} where the stored report is not the one that was signed. */
async function signedReport(id: AgentId, ports: Pick<Ports, "agents">): Promise<Offboarding> {
  const signed = (await ports.agents.history(id)).find(({ type }) => type === "agent.offboarded");
  const facts = signed && factsOf(signed, "agent.offboarded");
  const sha256 = String(facts?.report_sha256);
  const text = (await ports.agents.report(id, sha256)) ?? "";
  if (!signed || createHash("sha256").update(text).digest("hex") !== sha256)
    throw new Error("the report of an offboarding is not the one that was signed");
  return {
    report: JSON.parse(text) as Offboarding["report"],
    sha256,
    signed_off: {
      at: isoSeconds(Math.floor(signed.at / 1_000)),
      by: String(facts?.by),
      evidence: evidenceOf(signed),
    },
  };
}
