import { createHash } from "node:crypto";
import { Aws, BootstraplessSynthesizer, type IStackSynthesizer, Stage } from "aws-cdk-lib";
import type { Construct } from "constructs";
import { heldIn } from "../functions/core/deployment/held-in.ts";
import { nameIn, type Prefixed } from "../functions/hub-names.ts";
import { keptTaskRoles } from "../functions/names.ts";
import { CallsStack } from "./calls-stack.ts";
import type { Config } from "./config/schema.ts";
import { isInStackSet } from "./in-stack-set.ts";
import { TargetStack } from "./target-stack.ts";

type Account = Config["accounts"][number];

/** Names the StackSet of an account. Accounts with equally many task roles under the same ceiling share a template. */
export const stackSetOf = (
  account: Pick<Account, "taskRoles" | "formerTaskRoles" | "ceiling">,
  hub: Prefixed,
): string => {
  const ceiling =
    account.ceiling && createHash("sha256").update(JSON.stringify(account.ceiling)).digest("hex").slice(0, 8);
  return [nameIn(hub, "targets"), keptTaskRoles(account), ...(ceiling === undefined ? [] : [ceiling])].join("-");
};

/**
 * Adds the templates for StackSets with service-managed permissions, in a stage of their own. There is one for each kind of account, and one for further Regions.
 * The templates name no account and no asset, and need no bootstrap: one template fits all accounts of a unit.
 */
export function addStackSets(scope: Construct, config: Config, deployment: Parameters<typeof heldIn>[0]): void {
  const accounts = config.accounts.filter((account) => isInStackSet(account, config));
  if (accounts.length === 0) return;
  const stage = new Stage(scope, "stacksets");
  for (const [name, [first]] of Map.groupBy(accounts, (account) => stackSetOf(account, config))) {
    if (!first) continue;
    new TargetStack(stage, name, {
      ...anywhere(name),
      hub: { ...config.hub, prefix: config.prefix },
      // The partition is the hub's.
      target: { ...first, id: Aws.ACCOUNT_ID, region: config.hub.region },
      held: heldIn(deployment, first.id),
    });
  }
  const calls = nameIn(config, "calls");
  new CallsStack(stage, { account: Aws.ACCOUNT_ID, region: config.hub.region, stack: calls }, config, anywhere(calls));
}

/** Makes the properties of a stack that fits every account and Region. */
const anywhere = (stackName: string) => ({
  stackName,
  env: {},
  synthesizer: new BootstraplessSynthesizer() as IStackSynthesizer,
});
