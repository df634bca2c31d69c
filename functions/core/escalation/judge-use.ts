import type { RuleId } from "../../../contract/names.ts";
import type { Catalogue } from "../catalogue/catalogue.ts";
import type { ApiUse } from "../ledger/api-use.ts";
import type { Task } from "../tasks/task.ts";
import { isBeyondGrant, needsNoRight } from "./beyond-grant.ts";
import { isDeniedWrite, isOnPermissions } from "./denied-writes.ts";
import { trippedBy } from "./tripwire.ts";

/** Seconds after its end from which a successful call of a task's session means that the revocation failed. */
export const REVOKED_SECONDS = 60;

/** Facts of the deployment that the rules need. */
export interface Judging {
  readonly catalogue: Catalogue;
  readonly tripwires: readonly string[];
}

/** Lists the rules that one use of a task's own key breaks. @param use use of a key that is recorded for the task. */
export function judgeUse(use: ApiUse, task: Task, { catalogue, tripwires }: Judging): readonly RuleId[] {
  const rules: readonly (readonly [RuleId, boolean])[] = [
    ["E1", isAfterEnd(use, task)],
    ["E2", isBeyondGrant(use, task)],
    ["E4", isOnPermissions(use) && isDeniedWrite(use, catalogue)],
    ["E6", trippedBy(use, tripwires) !== undefined],
  ];
  return rules.filter(([, isBroken]) => isBroken).map(([rule]) => rule);
}

/** True for a success too long after the task's end. A deadline also ends a task, however late the sweep records it. */
const isAfterEnd = (use: ApiUse, { endedAt, expiresAt }: Task): boolean =>
  !use.isByService &&
  use.errorCode === undefined &&
  !needsNoRight(use) &&
  use.at >= Math.min(endedAt ?? expiresAt, expiresAt) + REVOKED_SECONDS;
