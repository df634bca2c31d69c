import { Stack, type StackProps } from "aws-cdk-lib";
import type { Construct } from "constructs";
import { defined } from "../functions/core/defined.ts";
import type { AccountExceptions } from "../functions/core/deployment/account-exceptions.ts";
import type { HeldActions } from "../functions/core/deployment/held-in.ts";
import { partitionOf } from "../functions/core/deployment/partition-of.ts";
import type { Prefixed } from "../functions/hub-names.ts";
import { keptTaskRoles } from "../functions/names.ts";
import { Ceiling } from "./constructs/target/ceiling.ts";
import { Forwarder } from "./constructs/target/forwarder.ts";
import { Revoker } from "./constructs/target/revoker.ts";
import { TaskRolePool } from "./constructs/target/task-role-pool.ts";

/** Properties of a target account of `valetkey.json`, and of the hub that it trusts. */
export interface TargetStackProps extends StackProps {
  readonly hub: Prefixed & { readonly account: string; readonly region: string };
  readonly target: {
    readonly id: string;
    readonly region: string;
    readonly taskRoles: number;
    readonly formerTaskRoles?: number | undefined;
    readonly ceiling?: readonly string[] | undefined;
    readonly exceptions?: AccountExceptions | undefined;
  };
  /** ARNs of the hub's own secrets, where the account is the hub's. */
  readonly ownSecretArns?: readonly string[];
  /** Action names that limit the account's task roles; absent where only the ceiling's patterns limit them. */
  readonly held?: HeldActions | undefined;
}

/** Stack of a target account: the ceiling, the pool of task roles under it, and the revoker role. */
export class TargetStack extends Stack {
  constructor(scope: Construct, id: string, { hub, target, ownSecretArns, held, ...props }: TargetStackProps) {
    super(scope, id, { env: { account: target.id, region: target.region }, ...props });
    const partition = partitionOf(target.region);
    const roles = { partition, account: hub.account, prefix: hub.prefix };
    const ceiling = new Ceiling(this, "Ceiling", {
      partition,
      hub,
      ownSecretArns,
      exceptions: target.exceptions,
      held,
      ...defined({ actions: target.ceiling }),
    });
    new TaskRolePool(this, "Tasks", {
      hub: roles,
      taskRoles: keptTaskRoles(target),
      ceiling: ceiling.policy,
      ...(held ? { held: { policies: ceiling.held, mark: held.mark } } : {}),
    });
    new Forwarder(this, "Forwarder", { partition, hub });
    new Revoker(this, "Revoker", { account: target.id, hub: roles });
  }
}
