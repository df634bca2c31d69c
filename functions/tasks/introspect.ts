import type { AgentId } from "../../contract/agent-id.ts";
import type { Introspection } from "../../contract/introspection.ts";
import { defined } from "../core/defined.ts";
import { actingFor } from "../core/delegation/acting.ts";
import { isActive } from "../core/identity/agent.ts";
import type { ToolDetail } from "../core/intent/detail.ts";
import type { Ports } from "../core/ports.ts";
import { Refusal } from "../core/refusal.ts";
import { sealedPresentationOf } from "../core/tasks/sealed-fields.ts";
import { isLive, type Presentation, type Task } from "../core/tasks/task.ts";
import { isOneOf, parseToken } from "../core/tasks/token.ts";
import { answered } from "../http/answered.ts";
import type { HttpAnswer, HttpEvent } from "../http/event.ts";
import { readAuthorization } from "../http/read-authorization.ts";
import { readForm } from "../http/read-body.ts";
import { attempt } from "../steps/requests/attempt.ts";
import { verifyIdentity } from "../steps/requests/verify-identity.ts";
import { authoriseTools } from "../steps/tasks/authorise-tools.ts";
import { believeTask, refuseUnsealed } from "../steps/tasks/believe-task.ts";
import { readLineage } from "../steps/tasks/read-lineage.ts";

const JWT_BEARER = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
const INACTIVE = { active: false } as const;

/**
 * Answers `POST /v1/introspect` (RFC 7662): reports to a tool server whether the task of a presentation token is alive. Lists the server's tools that the task may
 * call. Any other token, also another server's, gets `{"active": false}` and nothing else.
 */
export function introspect(event: HttpEvent, ports: Ports): Promise<HttpAnswer> {
  return answered(event, ports, async (record) => {
    const form = readForm(event);
    const token = form.get("token");
    if (token === undefined) throw new Refusal("malformed_request", { say: "The parameter token is missing." });
    const server = await verifyToolServer(serverToken(form, event), ports);
    record.note({ server });
    return await describe(token, server, ports);
  });
}

/** Reads the tool server's token: an assertion (RFC 7523) or Bearer; refuses both at once (RFC 6749, section 2.3). */
function serverToken(form: ReadonlyMap<string, string>, event: HttpEvent): string | undefined {
  const assertion = form.get("client_assertion");
  const bearer = readAuthorization(event);
  if (assertion === undefined) return bearer;
  if (bearer !== undefined) throw new Refusal("malformed_request", { say: "Authenticate in one way, not two." });
  if (form.get("client_assertion_type") !== JWT_BEARER) {
    throw new Refusal("malformed_request", { say: `client_assertion_type must be ${JWT_BEARER}.` });
  }
  return assertion;
}

async function describe(token: string, server: AgentId, ports: Ports): Promise<Introspection> {
  const parsed = parseToken(token);
  if (parsed?.kind !== "vkp") return INACTIVE;
  const task = await ports.tasks.read(parsed.path);
  const nowSeconds = ports.clock.nowMs() / 1_000;
  const presentation = task?.presentations.find(({ hash }) => isOneOf(parsed.hash, [hash]));
  if (!task || !presentation || !isLive(task, nowSeconds)) return INACTIVE;
  if (presentation.server !== server || nowSeconds >= presentation.expiresAt) return INACTIVE;
  const details = await toolsStillGranted(task, presentation, ports);
  if (!details) return INACTIVE;
  return {
    active: true,
    iss: ports.deployment.url,
    aud: server,
    sub: task.agent,
    // For a child, `sub` becomes the agent on whose behalf it works, and `act` the agent that acts (RFC 8693, section 4.1).
    ...actingFor(task),
    client_id: task.agent,
    token_type: "Bearer",
    iat: task.openedAt,
    exp: presentation.expiresAt,
    task: task.path,
    purpose: task.purpose,
    scope: details.flatMap(({ tools }) => tools).join(" "),
    // Only the details of this server.
    authorization_details: details,
  };
}

/**
 * Lists the server's tools that the task may call now. Returns undefined unless all of this holds:
 * - task and presentation are as the exchange sealed them, and the presentation was not revoked;
 * - every task above is alive, all their agents are active, and nothing is halted;
 * - policy still permits the tools.
 *
 * As in a renewal, an ended ancestor or a suspension counts before it has reached the task itself. Policy reads the address that opened the task: this
 * request's address is the tool server's.
 * @throws {Refusal} outages only.
 */
async function toolsStillGranted(
  task: Task,
  presentation: Presentation,
  ports: Ports,
): Promise<readonly ToolDetail[] | undefined> {
  const granted = await attempt(async () => {
    const ended = new Refusal("task_ended");
    const shown = sealedPresentationOf(task.path, presentation);
    await refuseUnsealed("presentation", shown, presentation.seal, task.path, ports, ended);
    const believed = await believeTask(task, ports, ended);
    const [lineage, found] = await Promise.all([
      readLineage(believed, ports),
      ports.tasks.findToken(task.path, presentation.hash),
    ]);
    // A revoked token stays so, whatever somebody writes into the task's record.
    if (presentation.listed && !found) throw ended;
    return authoriseTools(lineage, presentation.server, task.facts.sourceIp, ports);
  });
  if ("value" in granted) return granted.value;
  if (granted.refusal.isOutage) throw granted.refusal;
  return undefined;
}

/**
 * Verifies a tool server's OIDC token for introspection, and returns the id of its registered agent. The token may be used again, since introspection changes
 * nothing.
 * @throws {Refusal} client_unauthenticated for any fault of the token; agent_ambiguous, which a person has to repair; outages.
 */
async function verifyToolServer(
  token: string | undefined,
  ports: Pick<Ports, "deployment" | "policies" | "clock" | "tokens" | "agents">,
): Promise<AgentId> {
  if (token === undefined) throw new Refusal("client_unauthenticated");
  try {
    const { agent: known } = await verifyIdentity(token, ports.deployment.audiences.introspect, ports);
    // Reads the agent's record now: introspection writes nothing, so no later read would notice a suspension.
    const agent = await ports.agents.read(known.id);
    if (!agent) throw new Refusal("agent_unknown", { why: known.id });
    if (!isActive(agent, ports.clock.nowMs() / 1_000)) throw new Refusal("agent_inactive", { why: agent.id });
    return agent.id;
  } catch (error) {
    if (error instanceof Refusal && !error.isOutage && !error.isLoud) {
      const { say } = error.detail;
      throw new Refusal("client_unauthenticated", { why: error.code, ...defined({ say }) });
    }
    throw error;
  }
}
