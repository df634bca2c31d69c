import { type OperatorCommand, operatorOf } from "../../operator.ts";
import { parseOperator, wordOf } from "../../operator-options.ts";
import { readChanges } from "../task-changes.ts";
import { planOf } from "./plan.ts";
import { shellTextOf } from "./shell-text.ts";

/**
 * Runs `valetkey tasks undo <task>`: prints a plan of the way back of what a task and its sub-agents changed. Runs nothing, and changes nothing: it
 * reads the hub's ledgers, and lists versions with the AWS credentials of the environment.
 */
export const undo: OperatorCommand = async (argv, env, report) => {
  const options = parseOperator("tasks", argv, env, [], 1);
  const id = wordOf(options, 0, "which task", "tasks undo");
  const { versionsReader } = await import("./object-versions.ts");
  const read = versionsReader(env);
  const { api, print } = await operatorOf(options, env, report);
  const nowMs = Date.now();
  const found = await report.patiently("reading the ledgers", readChanges(api, id, nowMs));
  const plan = await report.patiently("listing versions", planOf(found, read, nowMs));
  const text = shellTextOf(plan);
  print({ ...plan, shell: text.toString() }, () => text);
  return 0;
};
