import { counted } from "../../../contract/decision/counted.ts";
import { type OperatorCommand, operatorOf } from "../operator.ts";
import { parseOperator, wordOf } from "../operator-options.ts";
import { instantOf } from "../print/instant-of.ts";
import { type Shown, shown } from "../print/shown.ts";
import { table } from "../print/table.ts";
import { readChanges, type TaskChanges } from "./task-changes.ts";

/** Runs `valetkey tasks changes <task>`: prints what a task and its sub-agents changed, and what of it is not visible. */
export const changes: OperatorCommand = async (argv, env, report) => {
  const options = parseOperator("tasks", argv, env, [], 1);
  const id = wordOf(options, 0, "which task", "tasks changes");
  const { api, print } = await operatorOf(options, env, report);
  const nowMs = Date.now();
  const found = await report.patiently("reading the ledgers", readChanges(api, id, nowMs));
  print(found, () => shown`${rowsOf(found)}${notVisible(found)}${restOf(found, nowMs)}`);
  return 0;
};

const rowsOf = ({ changes }: TaskChanges): Shown =>
  changes.length === 0
    ? shown`No call that changes something is known.\n`
    : table(
        ["action", "resource", "calls", "first", "last", "tasks"],
        changes.map(({ action, resource, effect, calls, first, last, tasks }) => [
          effect === "unknown" ? `${action} (may only have read)` : action,
          ...[resource, calls, instantOf(first), instantOf(last), tasks.join(" ")],
        ]),
      );

const notVisible = ({ not_visible: unseen }: TaskChanges): Shown =>
  shown`\n${table(
    ["not visible", ""],
    unseen.map(({ what, why }) => [what, why]),
  )}`;

/** Writes what is missing in the list: tasks that were not read, and calls that are still to be reported. */
function restOf({ settled_at: at, tasks_not_read: unread }: TaskChanges, nowMs: number): Shown {
  const below =
    unread.length === 0
      ? ""
      : shown`The ledgers of ${counted(unread.length, "task")} below it were not read: ${unread.join(" ")}\n`;
  if (at === undefined)
    return shown`${below}The task is alive: more may follow. CloudTrail reports calls minutes later.\n`;
  return Date.parse(at) <= nowMs ? shown`${below}` : shown`${below}Calls are reported until ${at}: more may follow.\n`;
}
