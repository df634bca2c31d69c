import { dirname, join, resolve } from "node:path";
import { type App, type Stack, Stage, Tags, Validations } from "aws-cdk-lib";
import { AwsSolutionsChecks } from "cdk-nag";
import { heldIn } from "../functions/core/deployment/held-in.ts";
import { nameIn } from "../functions/hub-names.ts";
import { policyFiles } from "../functions/policy/read/files-in.ts";
import { AnchorStack } from "./anchor-stack.ts";
import { callsPlaces, hubStackOf, targetStackOf } from "./calls-places.ts";
import { CallsStack } from "./calls-stack.ts";
import { buildConsole } from "./config/build-console.ts";
import { buildDeployment } from "./config/build-deployment.ts";
import { ConfigProblem } from "./config/config-problem.ts";
import { keepLock, lockMode } from "./config/keep-lock.ts";
import { unfilledFaults } from "./config/placeholders.ts";
import { HeraldStack } from "./herald-stack.ts";
import { archiveLockOf, hubScopeOf, ownSecretArnsIn } from "./hub-scope.ts";
import { HubStack } from "./hub-stack.ts";
import { accountsWithStacks } from "./in-stack-set.ts";
import { sizeFaults } from "./size-faults.ts";
import { addStackSets } from "./stack-sets.ts";
import { TargetStack } from "./target-stack.ts";

/** Files that a deployment is made from. */
export interface StacksFrom {
  /** Configuration; `valetkey.json` unless given. */
  readonly configFile?: string;
  /** Folder of the policies; `policies` unless given. */
  readonly policiesDir?: string;
  /** Directory for the checked configuration and policies, replaced by each synthesis; `build/deployment` unless given. */
  readonly outDir?: string;
}

/** Stacks of a deployment. */
export interface AddedStacks {
  readonly hub: Stack;
  /** Stack of each target account, by the account's id. */
  readonly targets: ReadonlyMap<string, Stack>;
  /** Synthesises the app, and updates `valetkey.lock.json`. @throws {ConfigProblem} lists everything that exceeds a limit of AWS. */
  readonly synth: () => void;
}

/**
 * Adds all stacks of a deployment to an app. Needs no account and no credentials: `valetkey.json` has every fact about AWS accounts.
 * @throws {ConfigProblem} lists every fault of the configuration or of the policies.
 * @example
 * const app = new App();
 * const { synth } = addStacks(app);
 * synth();
 */
export function addStacks(app: App, from: StacksFrom = {}): AddedStacks {
  // Both builds go below one folder. A second synthesis into another folder, such as that of `valetkey doctor`, must not replace files to be deployed.
  const outDir = resolve(from.outDir ?? "build/deployment");
  const { configFile = "valetkey.json", policiesDir = "policies" } = from;
  const { config, deployment, dir, hash } = buildDeployment({ configFile, policiesDir, outDir });
  refuseUnfilled(config, policiesDir);
  const mode = lockMode(app.node.tryGetContext("valetkey:lock"), process.env);
  const lock = keepLock({ config, configFile, mode }, Date.now());
  const consoleDir = buildConsole({ config, outDir: join(dirname(outDir), "console") });

  const scope = hubScopeOf(config);
  const hub = new HubStack(app, hubStackOf(config), { config, deploymentDir: dir, consoleDir, deploymentHash: hash });
  const targets = new Map<string, TargetStack>();
  const accounts = accountsWithStacks(config);
  for (const target of accounts) {
    const stack = new TargetStack(app, targetStackOf(target.id, config), {
      hub: { ...config.hub, prefix: config.prefix },
      target,
      held: heldIn(deployment, target.id),
      ownSecretArns: ownSecretArnsIn(target.id, scope),
    });
    // The targets' trust policies name roles of the hub, which must exist first.
    stack.addStackDependency(hub);
    targets.set(target.id, stack);
  }
  addStackSets(app, config, deployment);
  for (const place of callsPlaces({ ...config, accounts })) {
    const stack = new CallsStack(app, place, config);
    // The rule names the forwarder role of the account's own stack.
    const target = targets.get(place.account);
    if (target) stack.addStackDependency(target);
  }
  if (scope.anchor) {
    // In a stage of its own, which `cdk deploy --all` does not deploy: the hub's credentials must not reach that account.
    new AnchorStack(new Stage(app, "anchor"), nameIn(config, "anchor"), {
      hub: scope,
      place: scope.anchor,
      lock: archiveLockOf(config),
    });
  }
  if (config.organization?.management !== undefined) {
    // In a stage of its own, too: the hub's credentials must not reach the management account.
    const { management } = config.organization;
    new HeraldStack(new Stage(app, "management"), nameIn(config, "herald"), {
      management,
      hub: { ...config.hub, prefix: config.prefix },
    });
  }
  Tags.of(app).add("app", "valetkey");
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
  return {
    hub,
    targets,
    synth: () => {
      refuseTooLarge(app);
      if (lock()) process.stderr.write(COMMIT_LOCK);
    },
  };
}

function refuseUnfilled(config: object, policiesDir: string): void {
  const policies = new Map(policyFiles(policiesDir).map(({ path, text }) => [path, text]));
  const faults = unfilledFaults(config, policies);
  if (faults.length > 0)
    throw new ConfigProblem(`placeholders are not filled in:\n${faults.map((fault) => `  - ${fault}`).join("\n")}`);
}

const COMMIT_LOCK = "valetkey.lock.json has changed: commit it, so that no later change drops what may be alive\n";

function refuseTooLarge(app: App): void {
  const faults = app.synth().stacks.flatMap(({ stackName, template }) => sizeFaults(stackName, template));
  if (faults.length > 0)
    throw new ConfigProblem(`AWS would refuse this:\n${faults.map((fault) => `  - ${fault}`).join("\n")}`);
}
