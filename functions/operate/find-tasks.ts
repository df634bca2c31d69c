import { type AgentId, isAgentId } from "../../contract/agent-id.ts";
import { atOnce } from "../core/at-once.ts";
import { type AccountId, isAccountId } from "../core/deployment/account-id.ts";
import type { Ports } from "../core/ports.ts";
import { Refusal } from "../core/refusal.ts";
import type { TaskPath } from "../core/task-path.ts";
import type { Task } from "../core/tasks/task.ts";
import { keyIdsOf } from "../core/tasks/task.ts";
import { everyRole } from "../steps/tasks/every-role.ts";

/** Access key of an STS session. */
const SESSION_KEY = /^ASIA[A-Z0-9]{12,124}$/;

/** Upper bound on the roles, and on the tasks, that are read at the same time. */
const AT_ONCE = 24;
/** Time for one search; milliseconds. The answer has to be sent before the API's 30 seconds are over. */
const WORKING_MS = 15_000;

/** Outcome of a search. */
export interface Found {
  readonly task: Task | undefined;
  /** Number of tasks that were searched. */
  readonly searched: number;
  /** True where the task was found, or every task that may have a live session was searched. */
  readonly whole: boolean;
}

/** Search for the task of an access key. */
export interface KeySearch {
  readonly key: string;
  /** Account of the key, if the caller knows it: fewer roles are read then. */
  readonly account: AccountId | undefined;
  /** Agent to whose tasks the search is limited. */
  readonly agent: AgentId | undefined;
}

/** Reads what to search for. @throws {Refusal} malformed_request. */
export function keySearchIn(query: URLSearchParams): KeySearch {
  const [key = "", account, agent] = ["access_key_id", "account", "agent"].map((name) => query.get(name) ?? undefined);
  if (!SESSION_KEY.test(key)) refuse("access_key_id must be that of a session: it begins with ASIA.");
  if (account !== undefined && !isAccountId(account)) refuse("account must have 12 digits.");
  if (agent !== undefined && !isAgentId(agent)) refuse("agent must be an agent's id.");
  return { key, account, agent };
}

/**
 * Finds the task of a session's access key among the tasks that may have a live session. These are live tasks, and ended ones whose last fence, with the clocks'
 * margins, is not over. A key of any other task has no effect. The search needs no index of keys, so no vend costs a further write
 * (docs/decisions/0011).
 * @throws {Refusal} store_unavailable.
 */
export async function findByKey(
  { key, account, agent }: KeySearch,
  ports: Pick<Ports, "tasks" | "roles" | "deployment" | "clock">,
): Promise<Found> {
  const untilMs = ports.clock.nowMs() + WORKING_MS;
  const isOver = (): boolean => ports.clock.nowMs() >= untilMs;
  const roles = everyRole(ports.deployment).filter((role) => account === undefined || role.account === account);
  const nowSeconds = Math.floor(ports.clock.nowMs() / 1_000);
  const entries = await atOnce(AT_ONCE, roles, (role) => ports.roles.issued(role, nowSeconds), isOver);
  const held = entries.flat().filter((entry) => agent === undefined || entry.agent === agent);
  const paths = [...new Set(held.map(({ path }) => path))];
  let found: Task | undefined;
  const look = async (path: TaskPath): Promise<void> => {
    const task = await ports.tasks.read(path);
    if (task?.leases.some((lease) => keyIdsOf(lease).includes(key))) found = task;
  };
  const looked = await atOnce(AT_ONCE, paths, look, () => found !== undefined || isOver());
  const whole = entries.length === roles.length && looked.length === paths.length;
  return { task: found, searched: looked.length, whole: found !== undefined || whole };
}

function refuse(say: string): never {
  throw new Refusal("malformed_request", { say });
}
