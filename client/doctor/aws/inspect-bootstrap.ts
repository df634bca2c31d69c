import { CloudFormationClient, DescribeStacksCommand, type Stack } from "@aws-sdk/client-cloudformation";
import { atOnce } from "../../../functions/core/at-once.ts";
import { partitionOf } from "../../../functions/core/deployment/partition-of.ts";
import { callsPlaces, hubStackOf, targetStackOf } from "../../../infra/calls-places.ts";
import type { Config } from "../../../infra/config/schema.ts";
import { accountsWithStacks } from "../../../infra/in-stack-set.ts";
import { bad, type Finding, ok, unknown } from "../finding.ts";
import type { StackTemplate } from "../synthesise.ts";
import {
  type AwsAccess,
  becomeRole,
  bootstrapRole,
  type Caller,
  callerIn,
  failed,
  isDenied,
  settingsOf,
} from "./aws-access.ts";
import { inspectConcurrency } from "./inspect-quotas.ts";

/** Stack that `cdk bootstrap` makes, and the lowest version that templates of CDK v2 accept (their rule `CheckBootstrapVersion`). */
const TOOLKIT = { stack: "CDKToolkit", version: 6 } as const;

/** Accounts that are checked at once. */
const AT_ONCE = 10;

/** Account and Region that something is deployed to. */
interface Place {
  readonly account: string;
  readonly region: string;
  readonly partition: string;
  /** Stack that is deployed there. */
  readonly stack: string;
  /** Name of the check. */
  readonly check: string;
}

/**
 * Checks the needs of a first deployment: a checkout that builds, bootstrapped accounts that admit a deployment, and
 * concurrency.
 * @param synthesised the checkout's templates.
 */
export async function inspectBootstrap(
  config: Pick<Config, "hub" | "prefix" | "accounts" | "organization">,
  synthesised: Promise<ReadonlyMap<string, StackTemplate>>,
): Promise<readonly Finding[]> {
  const { hub, prefix } = config;
  const stack = hubStackOf(config);
  // StackSets need no bootstrap, and no credentials of the hub.
  const accounts = accountsWithStacks(config);
  const partition = partitionOf(hub.region);
  const templates = synthesised.then(
    (built) => ({ built }),
    (error: unknown) => ({ fault: faultsOf(error) }),
  );
  try {
    const caller = await callerIn(hub.region);
    const places: readonly Place[] = [
      { account: hub.account, region: hub.region, partition, stack, check: `deploy to ${hub.account}` },
      ...accounts.map(({ id, region }) => {
        return { account: id, region, partition, stack: targetStackOf(id, config), check: `deploy to ${id}` };
      }),
      ...callsPlaces({ prefix, accounts }).map((place) => {
        return { ...place, partition, check: `deploy to ${place.account} ${place.region}` };
      }),
    ];
    const found = await atOnce(AT_ONCE, places, (place) => inspectPlace(place, caller, hub.account));
    const own = { account: hub.account, region: hub.region };
    const quota =
      caller.account === hub.account
        ? [await inspectConcurrency(own, async () => builtAs(stack, await templates))]
        : [];
    return [buildFinding(await templates), ok("aws", caller.arn), ...found.flat(), ...quota];
  } catch (error) {
    const login = "the credentials in the environment do not work: log in again";
    return [buildFinding(await templates), failed("aws", error, login)];
  }
}

type Templates = { readonly built: ReadonlyMap<string, StackTemplate> } | { readonly fault: string };

const builtAs = (stack: string, templates: Templates) =>
  "built" in templates ? templates.built.get(stack) : undefined;

const buildFinding = (templates: Templates): Finding =>
  "built" in templates
    ? ok("build", `${templates.built.size} stacks, within AWS's sizes`)
    : bad("build", templates.fault, "npx cdk synth prints every fault");

/**
 * Lists the faults that a synthesis names, each on a line that begins with a hyphen; its last line where it names none.
 */
function faultsOf(error: unknown): string {
  const text = String(Object(error).stderr ?? "");
  const faults = [...text.matchAll(/^ {2}- (.*)$/gm)].map(([, fault]) => fault);
  const [last = "cannot be built"] = text.trim().split("\n").slice(-1);
  return (faults.length > 0 ? faults.join("; ") : last).slice(0, 400);
}

/** Session policy under which the deployment's role is tried: it allows to read stacks, and nothing else. */
const LOOK = {
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Action: "cloudformation:DescribeStacks", Resource: "*" }],
} as const;

async function inspectPlace(place: Place, caller: Caller, hub: string): Promise<readonly Finding[]> {
  const { check } = place;
  const access = await deployerOf(place, caller);
  if ("check" in access) return [access];
  try {
    const stack = await toolkitIn(access.access);
    return [
      stack === undefined
        ? bad(check, `${TOOLKIT.stack} is not there`, bootstrapOf(place, hub))
        : toolkitFinding(stack, place, access, hub),
    ];
  } catch (error) {
    return [
      failed(
        check,
        error,
        `in ${place.region}: is the Region switched on there? Or allow cloudformation:DescribeStacks`,
      ),
    ];
  }
}

interface Deployer {
  readonly access: AwsAccess;
  /** True where the credentials may assume the roles of `cdk bootstrap`, which `cdk deploy` tries first. */
  readonly byRoles: boolean;
}

/**
 * Assumes the roles by which `cdk deploy` deploys. With credentials of the account itself, `cdk deploy` falls back to
 * those.
 */
async function deployerOf(place: Place, caller: Caller): Promise<Deployer | Finding> {
  try {
    const access = await becomeRole(bootstrapRole("deploy", place), place, LOOK);
    await becomeRole(bootstrapRole("file-publishing", place), place, LOOK);
    return { access, byRoles: true };
  } catch (error) {
    const { check } = place;
    if (!isDenied(error)) return failed(check, error);
    if (caller.account === place.account) return { access: place, byRoles: false };
    return bad(
      check,
      `these credentials are of ${caller.account}, and may not become ${bootstrapRole("deploy", place)}`,
      `${bootstrapOf(place, caller.account)}; and allow sts:AssumeRole on it to whoever deploys. Or deploy it with credentials of its own: npx cdk deploy ${place.stack} --exclusively`,
    );
  }
}

async function toolkitIn(access: AwsAccess): Promise<Stack | undefined> {
  try {
    const client = new CloudFormationClient(settingsOf(access));
    const { Stacks: stacks } = await client.send(new DescribeStacksCommand({ StackName: TOOLKIT.stack }));
    return stacks?.[0];
  } catch (error) {
    // CloudFormation reports a missing stack only as a ValidationError.
    if (error instanceof Error && error.name === "ValidationError") return undefined;
    throw error;
  }
}

function toolkitFinding(stack: Stack, place: Place, { byRoles }: Deployer, hub: string): Finding {
  const { check } = place;
  const mend = bootstrapOf(place, hub);
  const version = Number.parseInt(
    stack.Outputs?.find(({ OutputKey: key }) => key === "BootstrapVersion")?.OutputValue ?? "",
    10,
  );
  if (!Number.isInteger(version)) return unknown(check, `${TOOLKIT.stack} does not say its version`, mend);
  if (version < TOOLKIT.version)
    return bad(check, `bootstrapped at version ${version}, of ${TOOLKIT.version} at least`, mend);
  const parameter = (name: string) =>
    stack.Parameters?.find(({ ParameterKey: key }) => key === name)?.ParameterValue ?? "";
  const policies = parameter("CloudFormationExecutionPolicies");
  // Without trusted accounts, cdk bootstrap gives CloudFormation AdministratorAccess by itself and leaves the parameter empty.
  if (parameter("TrustedAccounts") !== "" && policies === "")
    return bad(check, "CloudFormation has no execution policy there, so it could make nothing", mend);
  const by = byRoles
    ? "by its bootstrap roles"
    : "with these credentials themselves; the bootstrap roles do not let them in";
  return ok(check, `bootstrapped at version ${version}; deployed ${by}`);
}

/**
 * Returns the command that bootstraps an account. A target account is bootstrapped so that the hub's credentials may
 * deploy to it.
 */
const bootstrapOf = ({ account, region, partition }: Place, hub: string): string =>
  account === hub
    ? `npx cdk bootstrap aws://${account}/${region}`
    : `with credentials of ${account}: npx cdk bootstrap aws://${account}/${region} --trust ${hub} --cloudformation-execution-policies arn:${partition}:iam::${account}:policy/deploy-valetkey, a policy that you make there from docs/deploying/target-execution-policy.json`;
