import type { EscalationList, EscalationRow } from "../../contract/escalations.ts";
import type { PermissionName } from "../../contract/permissions.ts";
import { atOnce } from "../core/at-once.ts";
import { defined } from "../core/defined.ts";
import { RULES } from "../core/deployment/escalation-rules.ts";
import {
  type EscalationEntry,
  type EscalationPlace,
  type FoundEscalations,
  isListed,
} from "../core/escalation/found-escalation.ts";
import type { Ports } from "../core/ports.ts";
import { Refusal } from "../core/refusal.ts";
import { isoSeconds } from "../core/text/iso-seconds.ts";
import type { HttpAnswer, HttpEvent } from "../http/event.ts";
import { agentFor } from "../operators/agent-for.ts";
import { operation } from "../operators/operation.ts";
import { authoriseOperation } from "../steps/requests/authorise-operation.ts";
import type { OperatorIdentity } from "../steps/requests/verify-operator.ts";
import { maySee } from "./may-see.ts";
import { taskFor } from "./task-for.ts";

/** Ports of the list of escalations, which changes nothing. */
export interface EscalationPorts extends Ports {
  readonly foundEscalations: Pick<FoundEscalations, "list">;
}

const LIST = "valetkey:ListEscalations";

/** Entries on one page. */
const PAGE = 50;

/** Upper bound on the agents that are read at the same time. */
const AT_ONCE = 25;

/** Mark of an entry: the millisecond of its record, and its id. For an hour's unlisted rest: the end of the hour, a rule, and an agent or an account. */
const MARK = /^\d{15}#[\w-]{1,64}(?:#[\w-]{1,64})?$/;

/** Answers `GET /v1/escalations`: of all agents, of one (`?agent=`) or of a tree of tasks (`?tree=`). The latest come first, page by page. */
export const listEscalations = (event: HttpEvent, ports: EscalationPorts): Promise<HttpAnswer> =>
  operation<EscalationList>(event, ports, async (operator) => {
    const query = new URLSearchParams(event.rawQueryString ?? "");
    const after = query.get("after") ?? undefined;
    if (after !== undefined && !MARK.test(after)) refuse("after must be the next of the page before.");
    const place = await placeIn(query, operator, ports);
    const { entries, next } = await ports.foundEscalations.list(place, after, PAGE);
    const seen = await visibleTo(operator, LIST, entries, ports);
    return { escalations: seen.map(describeEntry), ...defined({ next }) };
  });

async function placeIn(
  query: URLSearchParams,
  operator: OperatorIdentity,
  ports: EscalationPorts,
): Promise<EscalationPlace> {
  const [agent, tree] = [query.get("agent"), query.get("tree")];
  if (agent !== null && tree !== null) refuse("Say agent or tree, and not both.");
  if (agent !== null) return { agent: (await agentFor(operator, LIST, agent, ports)).id };
  if (tree !== null) return { tree: await taskFor(operator, LIST, tree, ports) };
  await authoriseOperation(operator, LIST, "deployment", ports);
  return "all";
}

/** Selects the entries of agents that policy lets the operator see, and those that are about an account alone. */
export async function visibleTo(
  operator: OperatorIdentity,
  name: PermissionName,
  entries: readonly EscalationEntry[],
  ports: Pick<Ports, "agents" | "policies">,
): Promise<readonly EscalationEntry[]> {
  const ids = [...new Set(entries.flatMap(({ agent }) => agent ?? []))];
  const agents = await atOnce(AT_ONCE, ids, (id) => ports.agents.record(id));
  const seen = new Set(agents.flatMap((agent) => (agent && maySee(operator, name, agent, ports) ? agent.id : [])));
  return entries.filter(({ agent }) => agent === undefined || seen.has(agent));
}

function describeEntry(entry: EscalationEntry): EscalationRow {
  const { rule, agent, account } = entry;
  const whose = defined({ rule, says: RULES[rule].says, agent, account });
  if (!isListed(entry)) return { ...whose, until: new Date(entry.untilMs).toISOString(), unlisted: true };
  const { id, at, foundAtMs, ...seen } = entry;
  return { ...whose, ...seen, at: isoSeconds(Math.floor(at)), found_at: new Date(foundAtMs).toISOString() };
}

function refuse(say: string): never {
  throw new Refusal("malformed_request", { say });
}
