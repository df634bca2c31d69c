import { counted } from "../../../contract/decision/counted.ts";
import type { ReadAnswer } from "../../../contract/operations.ts";
import type { ListedTask } from "../tasks/ended-tasks.ts";
import { keyOf, outageOf, type ReadReceipt } from "../tasks/receipts.ts";

/** Rows of a task's ledger. */
type LedgerRows = ReadAnswer<"GET /v1/tasks/{task}/ledger">["rows"];
type Agent = ReadAnswer<"GET /v1/agents/{agent}">;

/** Agent of an incident; its id alone where it could not be read. */
export type IncidentAgent = Partial<Agent> & Pick<Agent, "id">;

/** Task of an incident, as the service describes it, with its receipt and its ledger; its id alone where it could not be listed. */
export interface IncidentTask extends Partial<ListedTask> {
  readonly id: string;
  readonly receipt?: ReadReceipt | undefined;
  readonly ledger?: LedgerRows | undefined;
}

export type Verdict = "nothing_can_act" | "may_act" | "unknown";

/** Steps of the command. */
export type IncidentStep =
  | "list_live"
  | "suspend"
  | "read_agent"
  | "read_panic"
  | "list_live_again"
  | "list_ended"
  | "read_receipt"
  | "read_ledger";

/** Step that failed. */
export interface UndoneStep {
  readonly step: IncidentStep;
  /** Task of the step, where it concerns one. */
  readonly task?: string;
  /** True where the service refused the step. A repeat by the same person would be refused too. */
  readonly refused: boolean;
  readonly error: string;
}

/** Record of an incident: the JSON file. */
export interface Incident {
  readonly format: "valetkey.incident/1";
  readonly as_of: string;
  /** Start of the first run. */
  readonly began_at: string;
  readonly verdict: Verdict;
  readonly sentence: string;
  readonly agent: IncidentAgent;
  readonly reason?: string;
  readonly panic?: ReadAnswer<"GET /v1/panic">;
  /** Tasks that were alive when the first run began. */
  readonly live_at_the_beginning: readonly string[];
  /** Time from the command's start until its wait for denials was over. */
  readonly milliseconds: number;
  readonly tasks: readonly IncidentTask[];
  readonly unknown: readonly string[];
  /** Failed steps, in order. */
  readonly undone: readonly UndoneStep[];
}

/** Facts that decide whether the agent can act. */
export interface IncidentFacts {
  readonly agent: IncidentAgent;
  readonly isSuspended: boolean;
  readonly isPanic: boolean;
  /** Undefined where they could not be read. */
  readonly alive: readonly string[] | undefined;
  readonly tasks: readonly IncidentTask[];
  /** Number of facts that could not be read and on which the verdict depends. */
  readonly unread: number;
}

/** Decides whether anything of the agent can still act. Unread facts never count in favour of a verdict that nothing can act. */
export function verdictOf({
  agent,
  isSuspended,
  isPanic,
  alive,
  tasks,
  unread,
}: IncidentFacts): Pick<Incident, "verdict" | "sentence"> {
  const { id } = agent;
  const keys = tasks.flatMap(({ receipt }) => receipt?.leases ?? []);
  const open = keys.filter(({ status }) => status === "pending");
  const unfinished = tasks.filter(({ receipt }) => receipt && !receipt.complete);
  if (alive === undefined || unread > 0)
    return {
      verdict: "unknown",
      sentence: `IT IS UNKNOWN whether ${id} can still act: not everything could be read, see below.`,
    };
  if (!isSuspended && !isPanic)
    return { verdict: "may_act", sentence: `${id} CAN STILL ACT: it is not suspended, see below.` };
  if (alive.length > 0)
    return {
      verdict: "may_act",
      sentence: `${id} MAY STILL ACT: ${alive.length} of its tasks ${alive.length === 1 ? "is" : "are"} alive.`,
    };
  if (unfinished.length > 0) {
    const by = open
      .map((lease) => keyOf(lease).deadBy)
      .sort()
      .at(-1);
    const outage = outageOf(open);
    const end = outage === undefined ? (by === undefined ? "" : `; the last is dead by ${by}`) : `; ${outage}`;
    return {
      verdict: "may_act",
      sentence: `${id} MAY STILL ACT: ${open.length} of ${counted(keys.length, "key")}, of ${counted(unfinished.length, "task")}, ${open.length === 1 ? "is" : "are"} not known to be denied${end}.`,
    };
  }
  const slowest = Math.max(0, ...keys.map(({ milliseconds }) => milliseconds ?? 0));
  const why = isSuspended ? `it is ${agent.status}` : "a panic is declared";
  return {
    verdict: "nothing_can_act",
    sentence: `NOTHING OF ${id} CAN ACT: ${why}, no task of it is alive, and ${keysInWords(keys.length, slowest)}.`,
  };
}

/** Writes that no key works. @param slowest longest time from a task's end to the denial of its keys; milliseconds. */
function keysInWords(count: number, slowest: number): string {
  if (count === 0) return "none had a key";
  const [what, when] = count === 1 ? ["its one key", ""] : [`each of ${count} keys`, "the slowest "];
  return `${what} is denied or over (${when}${slowest} ms after its task's end)`;
}
