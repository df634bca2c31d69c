import type { RuleId } from "../../../contract/names.ts";
import type { Catalogue } from "../catalogue/catalogue.ts";
import type { RuleAbout } from "../deployment/escalation-rules.ts";
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

/** True for a success too long after the task's end. A deadline also ends a task, however late the sweep records it. */
const isAfterEnd = (use: ApiUse, { endedAt, expiresAt }: Task): boolean =>
  !use.isByService &&
  use.errorCode === undefined &&
  !needsNoRight(use) &&
  use.at >= Math.min(endedAt ?? expiresAt, expiresAt) + REVOKED_SECONDS;

/** Rules about a task, each with its test of one use. A rule without one does not compile. */
const BROKEN_BY = {
  E1: isAfterEnd,
  E2: isBeyondGrant,
  E4: (use, _, { catalogue }) => isOnPermissions(use) && isDeniedWrite(use, catalogue),
  E6: (use, _, { tripwires }) => trippedBy(use, tripwires) !== undefined,
} as const satisfies Readonly<Record<RuleAbout<"task">, (use: ApiUse, task: Task, judging: Judging) => boolean>>;

/** Lists the rules that one use of a task's own key breaks. @param use use of a key that is recorded for the task. */
export const judgeUse = (use: ApiUse, task: Task, judging: Judging): readonly RuleId[] =>
  RULE_IDS_OF_TASKS.filter((rule) => BROKEN_BY[rule](use, task, judging));

const RULE_IDS_OF_TASKS = Object.keys(BROKEN_BY) as readonly (keyof typeof BROKEN_BY)[];
