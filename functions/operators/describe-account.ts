import type { TargetAccount } from "../../contract/accounts.ts";
import type { Account } from "../core/deployment/deployment.ts";
import { type AccountHalt, type AccountLift, deadBy } from "../core/escalation/account-halt.ts";
import { isoSeconds } from "../core/text/iso-seconds.ts";

/** Describes a target account to operators: its halt if there is one, or else the latest lift. */
export const describeAccount = (
  { id, name, region, retired }: Account,
  halt: AccountHalt | undefined,
  lift: AccountLift | undefined,
): TargetAccount => ({
  account: id,
  ...(name === undefined ? {} : { name }),
  region,
  ...(retired ? { retired: true } : {}),
  halted: halt !== undefined,
  ...(halt && { halted_at: isoSeconds(halt.at), halted_by: halt.by }),
  ...(halt?.reason !== undefined && { reason: halt.reason }),
  ...(halt?.retires && { retires: true, dead_by: isoSeconds(deadBy(halt)) }),
  ...(!halt && lift && { lifted_at: isoSeconds(lift.at), lifted_by: lift.by }),
});
