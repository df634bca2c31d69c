import type { Catalogue } from "../core/catalogue/catalogue.ts";
import type { Deployment } from "../core/deployment/deployment.ts";
import { areTooMany, deniedWriteOf, isAttempt } from "../core/escalation/denied-writes.ts";
import { type Detection, detectionOf } from "../core/escalation/detection.ts";
import { judgeUse } from "../core/escalation/judge-use.ts";
import { trippedBy } from "../core/escalation/tripwire.ts";
import type { ApiUse } from "../core/ledger/api-use.ts";
import type { Ledger } from "../core/ledger/ledger.ts";
import type { Task } from "../core/tasks/task.ts";

/** Ports of the detection. */
export interface DetectPorts {
  readonly ledger: Pick<Ledger, "rememberDenied">;
  readonly catalogue: Catalogue;
  readonly deployment: Pick<Deployment, "escalation">;
}

/** Lists the escalations in uses of a task's own keys. */
export async function detectIn(
  task: Task,
  uses: readonly ApiUse[],
  { ledger, catalogue, deployment }: DetectPorts,
): Promise<readonly Detection[]> {
  const judging = { catalogue, tripwires: deployment.escalation?.tripwires ?? [] };
  const found = uses.flatMap((use) =>
    judgeUse(use, task, judging).map((rule) => {
      const resource = (rule === "E6" && trippedBy(use, judging.tripwires)) || use.resource;
      return detectionOf(rule, { ...use, resource });
    }),
  );
  const denied = uses.filter((use) => isAttempt(use, task, catalogue));
  const [latest] = denied.toSorted((a, b) => b.at - a.at);
  if (!latest) return found;
  const remembered = await ledger.rememberDenied(task.path, denied.map(deniedWriteOf));
  return areTooMany(remembered) ? [...found, detectionOf("E4", latest)] : found;
}
