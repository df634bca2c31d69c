import { counted } from "../../contract/decision/counted.ts";
import type { Read } from "../../contract/operation.ts";
import type { Receipt } from "../../contract/receipts.ts";
import { levelOf } from "../../contract/task-id.ts";
import type { TaskList } from "../../contract/tasks.ts";

/** Tree of a task, without the tasks that the person may not see. Has the task's events, and the opening of each task directly below it. */
export type TreeAnswer = Read<TaskList & Required<Pick<TaskList, "events" | "hidden">>>;

/** Moment in the life of a task. */
export interface Moment {
  readonly at: string;
  /** Time since the first moment; milliseconds. */
  readonly afterMs: number;
  readonly says: string;
  readonly tone: "good" | "bad" | "plain";
}

const EVENTS: Readonly<Record<string, readonly [says: string, tone: Moment["tone"]]>> = {
  "task.opened": ["The agent’s token was exchanged, and the task was opened", "good"],
  "task.ended": ["The task was ended", "bad"],
  "task.token_issued": ["A further task token was issued", "plain"],
  "presentation.issued": ["A token for a tool server was issued", "plain"],
  "presentation.revoked": ["A token for a tool server was revoked", "plain"],
  "delegation.issued": ["A delegation token was issued for a sub-agent", "plain"],
  "delegation.revoked": ["A sub-agent’s delegation token was revoked", "plain"],
  "lease.renewed": ["A key was renewed", "plain"],
  "lease.revoked": ["A credential was revoked at its provider", "bad"],
  "approval.asked": ["People were asked to approve", "plain"],
  "approval.used": ["The votes were verified, and the keys issued", "good"],
  "approval.void": ["The approval became void: what it would grant had changed", "bad"],
};

/** Lists the moments of a task in order, from the exchange of its token to the first seen refusal by AWS. */
export function momentsOf(
  id: string,
  { events, tasks }: TreeAnswer,
  receipt: Read<Receipt> | undefined,
): readonly Moment[] {
  const own = events
    .filter(({ task }) => task === id)
    .map(({ type, at, by }) => {
      const [says, tone] = EVENTS[type] ?? [type, "plain" as const];
      return { at, tone, says: by === undefined ? says : `${says}, by ${by}` };
    });
  const below = tasks.flatMap(({ id: child, agent }) => {
    const opened = events.find(({ task, n }) => task === child && n === 1);
    const isChild = child.startsWith(id) && levelOf(child) === levelOf(id) + 1;
    return isChild && opened
      ? { at: opened.at, tone: "plain" as const, says: `The sub-agent ${agent} started ${child}` }
      : [];
  });
  const all = [...own, ...below, ...(receipt ? deniedIn(receipt) : [])].sort(
    (a, b) => Date.parse(a.at) - Date.parse(b.at),
  );
  const beganMs = Date.parse(all[0]?.at ?? "");
  return all.map((moment) => ({ ...moment, afterMs: Date.parse(moment.at) - beganMs }));
}

const deniedIn = ({ leases }: Pick<Read<Receipt>, "leases">): readonly Omit<Moment, "afterMs">[] =>
  leases
    .filter((lease) => "fence_at" in lease)
    .flatMap(({ name, policy_written_at: written, observed, signed }) => [
      ...(signed === undefined
        ? []
        : [
            {
              at: signed.last_at,
              tone: "plain" as const,
              says: `The hub gave the last of ${counted(signed.count, "signature")}`,
            },
          ]),
      ...(written === undefined
        ? []
        : [{ at: written, tone: "bad" as const, says: `IAM had the policy that denies ${name}` }]),
      ...(observed?.denied_at === undefined
        ? []
        : [{ at: observed.denied_at, tone: "bad" as const, says: `AWS was seen to refuse ${name}` }]),
    ]);
