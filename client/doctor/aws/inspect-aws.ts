import { heldActions } from "../../../functions/core/ceiling/held-actions.ts";
import { partitionOf } from "../../../functions/core/deployment/partition-of.ts";
import { loadCatalogue } from "../../../functions/load-catalogue.ts";
import { keptTaskRoles } from "../../../functions/names.ts";
import { callsPlaces, hubStackOf, targetStackOf } from "../../../infra/calls-places.ts";
import type { Config } from "../../../infra/config/schema.ts";
import { hubBusArn } from "../../../infra/hub-scope.ts";
import { accountsWithStacks } from "../../../infra/in-stack-set.ts";
import { type Finding, ok } from "../finding.ts";
import type { Inspected } from "../inspected.ts";
import { type StackTemplate, synthesise, type TemplateOf } from "../synthesise.ts";
import { type AwsAccess, accessTo, callerIn, failed } from "./aws-access.ts";
import { type CallsOf, inspectCalls } from "./inspect-calls.ts";
import { inspectPool, type PoolOf } from "./inspect-pool.ts";
import { inspectConcurrency, inspectRoleQuota } from "./inspect-quotas.ts";
import { inspectRecorder } from "./inspect-recorder.ts";
import { inspectStack } from "./inspect-stack.ts";

/** Checks the hub's stack and quotas, and each target account's stack, roles and quotas, with the credentials at hand. */
export async function inspectAws(
  config: Config,
  inspected: Inspected,
  say: (what: string) => void,
): Promise<readonly Finding[]> {
  const { accounts, prefix } = config;
  const hub = { ...config.hub, prefix };
  const partition = partitionOf(hub.region);
  const catalogue = loadCatalogue();
  try {
    const caller = await callerIn(hub.region);
    say("comparing the deployment in AWS with a build of this checkout: that can take a minute or two");
    const templateOf = lazily(inspected);
    const inHub = accessTo({ account: hub.account, region: hub.region, partition }, caller).then((access) =>
      "check" in access ? [access] : inspectHub(access, hubStackOf(config), templateOf),
    );
    const bus = hubBusArn({ partition, hub });
    const own = new Set(accountsWithStacks(config).map(({ id }) => id));
    const inTargets = accounts.map(async ({ id, region, ...pool }) => {
      const access = await accessTo({ account: id, region, partition }, caller);
      return "check" in access
        ? [access]
        : inspectTarget(
            access,
            {
              ...{
                hub: { account: hub.account, partition, prefix },
                taskRoles: keptTaskRoles(pool),
                held: heldActions(pool, catalogue),
              },
              personTag: pool.personTag ?? false,
            },
            { bus, stack: targetStackOf(id, config), hub },
            own.has(id) ? templateOf : undefined,
          );
    });
    const elsewhere = callsPlaces({ prefix, accounts: accountsWithStacks(config) }).map(async ({ stack, ...place }) => {
      const access = await accessTo({ ...place, partition }, caller);
      return "check" in access
        ? [{ ...access, check: `account ${place.account} ${place.region}` }]
        : [
            ...(await inspectStack(stack, access, templateOf)),
            ...(await inspectCalls(access, { bus, stack, hub })),
            await inspectRecorder(access),
          ];
    });
    const found = await Promise.all([inHub, ...inTargets, ...elsewhere]);
    return [ok("aws", `${caller.arn}`), ...found.flat()];
  } catch (error) {
    return [failed("aws", error, "the credentials in the environment do not work: log in again")];
  }
}

function lazily(inspected: Inspected): TemplateOf {
  let built: Promise<ReadonlyMap<string, StackTemplate> | undefined> | undefined;
  return async (stack) => {
    built ??= synthesise(inspected).catch(() => undefined);
    return (await built)?.get(stack);
  };
}

const inspectHub = async (access: AwsAccess, stack: string, templateOf: TemplateOf): Promise<readonly Finding[]> => [
  ...(await inspectStack(stack, access, templateOf)),
  await inspectConcurrency(access, () => templateOf(stack)),
];

const inspectTarget = async (
  access: AwsAccess,
  pool: PoolOf,
  calls: CallsOf,
  templateOf: TemplateOf | undefined,
): Promise<readonly Finding[]> => [
  // Stacks of a StackSet are left out: CloudFormation names them, and detects the drift of a StackSet itself.
  ...(templateOf ? await inspectStack(calls.stack, access, templateOf) : []),
  await inspectPool(access, pool),
  ...(await inspectCalls(access, calls)),
  await inspectRecorder(access),
  await inspectRoleQuota(access),
];
