import type { EscalationRow, FoundEscalation } from "../../contract/escalations.ts";
import type { Read } from "../../contract/operation.ts";
import { spellingsOf } from "../../contract/task-id.ts";

const DONE = {
  alarm: "An alarm rang; nothing else was done.",
  revoke_token: "The delegation token was revoked.",
  cool_down: "The agent starts nothing for 15 minutes.",
  end_task: "The task was ended.",
  pause_party: "The task was ended, and its agent was paused for the one for whom it acted.",
  suspend_agent: "The agent was suspended, with all its tasks.",
  halt_account: "The account was halted.",
} as const;

/** Describes what was done about an escalation, and what the configuration requires where that is more. */
export function doneInWords({ done, wanted }: Pick<Read<FoundEscalation>, "done" | "wanted">): string {
  const condition = /^set:(.+)/.exec(done)?.[1];
  const sentence = Object.hasOwn(DONE, done)
    ? DONE[done as keyof typeof DONE]
    : condition
      ? `The condition ${condition} was set for the agent.`
      : done;
  return wanted === undefined
    ? sentence
    : `${sentence} The configuration requires ${wanted}; a cap or a lift prevented that.`;
}

/** Returns the time at which an escalation was recorded, or the end of the hour of a mark; epoch milliseconds. */
export const timeOf = (entry: Read<EscalationRow>): number =>
  Date.parse("unlisted" in entry ? entry.until : entry.found_at);

/** Facts of the evidence, each with its name, in the order in which they are read. */
const EVIDENCE = [
  ["Call", "action"],
  ["Resource", "resource"],
  ["AWS answered", "error"],
  ["Key", "key_id"],
  ["Role", "role"],
  ["Session", "session"],
  ["Address", "source_ip"],
  ["CloudTrail event", "event_id"],
  ["Delegation token, SHA-256", "token_sha256"],
  ["Event of the log", "event"],
] as const satisfies readonly (readonly [string, keyof FoundEscalation])[];

/** Lists the evidence of an escalation. */
export const evidenceOf = (found: Read<FoundEscalation>): readonly (readonly [name: string, text: string])[] =>
  EVIDENCE.flatMap(([name, field]) => {
    const text = found[field];
    return text === undefined || text === "" ? [] : [[name, text] as const];
  });

/** Question of the list: of an agent, of a tree of tasks, or of everything. */
export interface Question {
  readonly agent?: string;
  readonly tree?: string;
}

/** Reads the question from the end of the page's address; any other text means everything. */
export function questionIn(text: string): Question {
  const query = new URLSearchParams(text);
  const [agent, tree] = [query.get("agent"), query.get("tree")];
  if (agent !== null && /^[a-z0-9-]{1,64}$/.test(agent)) return { agent };
  return tree !== null && spellingsOf(tree).length > 0 ? { tree } : {};
}

/** Writes a question as the query of the API. @example "?agent=report-agent" */
export const queryOf = ({ agent, tree }: Question): string =>
  agent !== undefined ? `?agent=${agent}` : tree !== undefined ? `?tree=${tree}` : "";

/** Writes a question as a command. */
export const commandOf = ({ agent, tree }: Question): string =>
  `npx valetkey escalations${agent !== undefined ? ` --agent ${agent}` : tree !== undefined ? ` --task ${tree}` : ""}`;
