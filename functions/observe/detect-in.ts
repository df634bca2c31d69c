import { areTooMany, deniedWriteOf, isDeniedWrite } from "../core/escalation/denied-writes.ts";
import { type Detection, detectionOf } from "../core/escalation/detection.ts";
import { judgeUse } from "../core/escalation/judge-use.ts";
import type { ApiUse } from "../core/ledger/api-use.ts";
import type { Task } from "../core/tasks/task.ts";
import type { ObservePorts } from "./observe.ts";

/** Lists the escalations in uses of a task's own keys. */
export async function detectIn(
  task: Task,
  uses: readonly ApiUse[],
  { ledger, catalogue, deployment }: Pick<ObservePorts, "ledger" | "catalogue" | "deployment">,
): Promise<readonly Detection[]> {
  const judging = { catalogue, tripwires: deployment.escalation?.tripwires ?? [] };
  const found = uses.flatMap((use) => judgeUse(use, task, judging).map((rule) => detectionOf(rule, use)));
  const denied = uses.filter((use) => isDeniedWrite(use, catalogue));
  const [latest] = denied.toSorted((a, b) => b.at - a.at);
  if (!latest) return found;
  const remembered = await ledger.rememberDenied(task.path, denied.map(deniedWriteOf));
  return areTooMany(remembered) ? [...found, detectionOf("E4", latest)] : found;
}
