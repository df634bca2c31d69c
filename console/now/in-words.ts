import { counted } from "../../contract/decision/counted.ts";
import type { Read } from "../../contract/operation.ts";
import type { Overview } from "../../contract/overview.ts";

/** Writes the overview in two sentences. @example "12 tasks of 3 agents are alive. Requests wait: 2 for sre." */
export function overviewInWords({
  live,
  agents,
  approvals,
}: Pick<Read<Overview>, "live" | "agents" | "approvals">): string {
  const alive =
    live === 0
      ? "No task is alive."
      : `${live.toLocaleString("en")} ${live === 1 ? "task" : "tasks"} of ${counted(agents.length, "agent")} ${live === 1 ? "is" : "are"} alive.`;
  const groups = approvals.filter(({ waiting }) => waiting > 0).map(({ group, waiting }) => `${waiting} for ${group}`);
  return groups.length === 0
    ? `${alive} No request waits for people.`
    : `${alive} Requests wait: ${groups.join(", ")}.`;
}

/** Names who halted an account: a person, or an escalation rule. @example "rule E3 of escalation" */
export function haltedBy({ halted_by: by = "" }: { readonly halted_by?: string }): string {
  const [, rule] = /^escalation:(E\d+):/.exec(by) ?? [];
  return rule === undefined ? by : `rule ${rule} of escalation`;
}
