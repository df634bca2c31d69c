import { type AgentId, isAgentId } from "../../../contract/agent-id.ts";
import { RATE_LIMITS, TOKEN_LIMITS } from "../../../contract/limits.ts";
import { TOKEN_TYPES } from "../../../contract/names.ts";
import type { PresentationToken } from "../../../contract/token.ts";
import { partyOf } from "../../core/delegation/party.ts";
import { nextEvent } from "../../core/journal/event.ts";
import type { SealingPorts } from "../../core/ports.ts";
import { Refusal } from "../../core/refusal.ts";
import { isLive, type Presentation } from "../../core/tasks/task.ts";
import { makeToken } from "../../core/tasks/token.ts";
import { answered } from "../../http/answered.ts";
import type { HttpAnswer, HttpEvent } from "../../http/event.ts";
import { countAgainstLimit } from "../../steps/requests/count-against-limit.ts";
import { authenticateSealedTask } from "../../steps/tasks/authenticate-sealed-task.ts";
import { authoriseTools } from "../../steps/tasks/authorise-tools.ts";
import type { BelievedTask } from "../../steps/tasks/believe-task.ts";
import { changeBelieved } from "../../steps/tasks/change-task.ts";
import { readLineage } from "../../steps/tasks/read-lineage.ts";
import { type Form, heldToken, needed } from "../request.ts";
import { sealPresentation } from "../seal-presentation.ts";

/** Request of a task's holder for a presentation token. */
export interface PresentationRequest {
  readonly taskToken: string;
  /** Registered id of the tool server. */
  readonly server: AgentId;
}

/** Parses a request for a presentation token. @throws {Refusal} malformed_request, unsupported_token_type. */
export function parsePresentationRequest(form: Form): PresentationRequest {
  const taskToken = heldToken(form);
  const server = needed(form, "audience");
  if (!isAgentId(server)) {
    throw new Refusal("malformed_request", { say: "The audience must be the registered id of the tool server." });
  }
  return { taskToken, server };
}

/** Answers `POST /v1/token` for a presentation token. An agent shows it to one tool server, which can introspect it and do nothing else with it. */
export function present(form: Form, event: HttpEvent, ports: SealingPorts): Promise<HttpAnswer> {
  return answered(event, ports, async (record) => {
    const request = parsePresentationRequest(form);
    const task = await authenticateSealedTask(request.taskToken, undefined, ports, "subject_token_unknown");
    record.noteTask(task);
    record.note({ subject: task.subject });
    record.staleIf(() => !isLive(task, ports.clock.nowMs() / 1_000));
    return await issuePresentation(task, request.server, event.requestContext.http.sourceIp, ports);
  });
}

async function issuePresentation(
  task: BelievedTask,
  server: AgentId,
  sourceIp: string,
  ports: SealingPorts,
): Promise<PresentationToken> {
  const nowSeconds = ports.clock.nowMs() / 1_000;
  if (!isLive(task, nowSeconds)) throw new Refusal("task_ended");
  if (!task.details.some((detail) => detail.type === "tool" && detail.server === server)) {
    throw new Refusal("policy_denied", {
      denials: [
        {
          action: "tool:Call",
          target: server,
          reason: "The task was granted no tool of this server.",
          hint: "Ask for it in authorization_details with type tool.",
        },
      ],
    });
  }
  refuseIfFull(task, nowSeconds);
  // Presentation tokens can be revoked and requested again, and the journal records each.
  const [lineage] = await Promise.all([
    readLineage(task, ports),
    countAgainstLimit({ agent: task.agent, party: partyOf(task) }, "presentation", RATE_LIMITS.presentation, ports),
  ]);
  const details = await authoriseTools(lineage, server, sourceIp, ports);

  const token = makeToken("vkp", task.path, ports.random.bytes(32));
  const presentation = await sealPresentation(task, token, server, ports);
  await changeBelieved(task, (current) => addTo(current, presentation, ports), ports);
  return {
    access_token: token,
    issued_token_type: TOKEN_TYPES.presentation,
    token_type: "Bearer",
    expires_in: Math.floor(presentation.expiresAt - nowSeconds),
    authorization_details: details,
  };
}

/** @throws {Refusal} too_many_tokens, contended. */
async function addTo(task: BelievedTask, presentation: Presentation, ports: SealingPorts): Promise<void> {
  const nowMs = ports.clock.nowMs();
  refuseIfFull(task, nowMs / 1_000);
  const facts = { agent: task.agent, server: presentation.server };
  const event = nextEvent(task.chain, task.path, "presentation.issued", nowMs, facts);
  await ports.tasks.addPresentation(task, presentation, event);
}

function refuseIfFull({ presentations }: BelievedTask, nowSeconds: number): void {
  const alive = presentations.filter(({ expiresAt }) => nowSeconds < expiresAt);
  if (alive.length >= TOKEN_LIMITS.presentations) throw new Refusal("too_many_tokens");
}
