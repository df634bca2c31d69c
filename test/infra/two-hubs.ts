import { Stage } from "aws-cdk-lib";
import { Template } from "aws-cdk-lib/assertions";
import { accountId } from "../../functions/core/deployment/account-id.ts";
import { regionNamed } from "../../functions/core/deployment/region.ts";
import { managedMark, prefixOf, sealingSecret, taskRoleName } from "../../functions/hub-names.ts";
import { anchorPolicy } from "../../infra/anchor-policy.ts";
import { AnchorStack } from "../../infra/anchor-stack.ts";
import { archiveKeyPolicy } from "../../infra/archive-key-policy.ts";
import { functionRoleArn, functionsOf, type HubScope } from "../../infra/arns.ts";
import { busPolicy } from "../../infra/bus-rights.ts";
import { hubStackOf, targetStackOf } from "../../infra/calls-places.ts";
import type { Config } from "../../infra/config/schema.ts";
import { HeraldStack } from "../../infra/herald-stack.ts";
import { archiveLockOf, hubScopeOf } from "../../infra/hub-scope.ts";
import { archiveBucketPolicy } from "../../infra/proofs-policies.ts";
import { logRightsOf, rightsOf } from "../../infra/rights.ts";
import { stackSetOf } from "../../infra/stack-sets.ts";
import type { Statement } from "../../infra/statement.ts";
import { revokerRights, revokerTrust, taskRoleTrust } from "../../infra/target-rights.ts";
import { CONFIG, deployedStacks, HEARING } from "./deployed-stacks.ts";

const [HUB, TARGET, MANAGEMENT] = [
  accountId("999900001111"),
  accountId("111122223333"),
  accountId("123456789012"),
] as const;

/** Two targets, of which one is the hub's own account: whatever two hubs can share, they share. */
export const hubWith = (prefix?: string): Config => ({
  ...CONFIG,
  ...HEARING,
  ...(prefix === undefined ? {} : { prefix }),
  hub: { account: HUB, region: regionNamed("eu-central-1") },
  siem: true,
  console: { url: "https://console.example.com" },
  accounts: [HUB, TARGET].map((id) => ({
    id,
    region: regionNamed("eu-central-1"),
    taskRoles: 2,
    regions: [regionNamed("eu-west-1")],
  })),
  organization: { units: ["o-a1b2c3d4e5/r-ab12/ou-ab12-11111111"], management: MANAGEMENT },
  archive: { anchor: { account: TARGET, bucket: "acme-second-place" } },
});

type Resource = { readonly Type: string; readonly Properties?: Readonly<Record<string, unknown>> };

/** Synthesises all templates of a hub, by their stacks' names. */
export function templatesOf(config: Config): ReadonlyMap<string, Readonly<Record<string, Resource>>> {
  const { app, hub, targets, calls } = deployedStacks(config);
  const scope = hubScopeOf(config);
  const { anchor } = scope;
  if (!anchor) throw new Error("a hub with a witness");
  const stage = new Stage(app, "apart");
  const far = new AnchorStack(stage, "anchor", { hub: scope, place: anchor, lock: archiveLockOf(config) });
  const herald = new HeraldStack(stage, "herald", {
    management: MANAGEMENT,
    hub: { ...config.hub, prefix: config.prefix },
  });
  const named = [
    [hubStackOf(config), hub],
    ...targets.map((stack, index) => [targetStackOf([HUB, TARGET][index] ?? "", config), stack] as const),
    ...[...calls, far, herald].map((stack) => [stack.stackName, stack] as const),
  ] as const;
  return new Map(named.map(([name, stack]) => [name, Template.fromStack(stack).toJSON().Resources]));
}

/** Resources of these types have a name that is theirs alone within one of another resource. */
const WITHIN: Readonly<Record<string, string>> = {
  "AWS::Logs::MetricFilter": "LogGroupName",
  "AWS::ApiGatewayV2::Stage": "ApiId",
};

/** Lists the names that a template gives away in AWS, each with what it must be unique among. */
export function namesIn(resources: Readonly<Record<string, Resource>>): readonly string[] {
  return Object.values(resources).flatMap(({ Type, Properties = {} }) => {
    const metrics = (Properties.MetricTransformations ?? []) as { MetricNamespace: string; MetricName: string }[];
    const own = Object.entries(Properties).flatMap(([key, value]) =>
      /(^|[a-z])Name$/.test(key) && typeof value === "string" && !(Type in WITHIN) && !REFERS.has(`${Type}.${key}`)
        ? [`${Type} ${value}`]
        : [],
    );
    return [...own, ...metrics.map((metric) => `metric ${metric.MetricNamespace} ${metric.MetricName}`)];
  });
}

/** Properties that name a resource of another stack or of AWS, and make none. */
const REFERS: ReadonlySet<string> = new Set([
  "AWS::CloudWatch::Alarm.MetricName",
  "AWS::Lambda::EventSourceMapping.FunctionName",
  "AWS::Lambda::Permission.FunctionName",
  "AWS::Lambda::EventInvokeConfig.FunctionName",
]);

/** Lists all names of a hub: those of its stacks and StackSets too. */
export const allNames = (config: Config): readonly string[] => [
  ...[...templatesOf(config)].flatMap(([stack, resources]) => [`stack ${stack}`, ...namesIn(resources)]),
  ...config.accounts.map((account) => `stack set ${stackSetOf(account, config)}`),
];

/** Thing of a hub, as another hub's rights could meet it. */
export interface Thing {
  readonly arn: string;
  /** Values of the condition keys that AWS gives IAM about it. */
  readonly keys: Readonly<Record<string, string>>;
}

/** Lists what a hub has in AWS. */
export function thingsOf(config: Config): readonly Thing[] {
  const scope = hubScopeOf(config);
  const prefix = prefixOf(scope);
  const here = (service: string, name: string): string => `arn:aws:${service}:${scope.region}:${scope.account}:${name}`;
  const roles = ["forwarder", "revoker", ...[0, 1].map((index) => taskRoleName(index, scope).slice(prefix.length + 1))];
  const managed = { "aws:ResourceTag/valetkey:managed": managedMark(scope) };
  const things: readonly (string | Thing)[] = [
    here("dynamodb", `table/${scope.tableName}`),
    here("dynamodb", `table/${scope.tableName}/stream/2026-11-28T00:00:00.000`),
    ...[
      "revocations.fifo",
      "revocations-set-aside.fifo",
      "probes",
      "deadlines",
      "notices",
      "uses",
      "undone-events",
    ].map((queue) => here("sqs", `${prefix}-${queue}`)),
    ...[scope.leaseRevocationQueueName, scope.archiveAgainQueueName].map((queue) => here("sqs", queue)),
    here("events", `event-bus/${scope.busName}`),
    ...functionsOf(scope).flatMap((name) => [
      functionRoleArn(name, scope),
      here("lambda", `function:${prefix}-${name}`),
      here("logs", `log-group:/aws/lambda/${prefix}-${name}:log-stream:x`),
    ]),
    ...[HUB, TARGET].flatMap((account) => roles.map((role) => `arn:aws:iam::${account}:role/${prefix}-${role}`)),
    `arn:aws:iam::${MANAGEMENT}:role/${prefix}-herald`,
    ...["", "/checkpoint", "/proofs/x", "/incoming/x"].map((key) => `arn:aws:s3:::${scope.archiveBucket}${key}`),
    `arn:aws:s3:::acme-second-place/${prefix}/${HUB}/${scope.region}/checkpoints/1`,
    ...["signet", "person-tags"].map((name) =>
      here("secretsmanager", `secret:${sealingSecret(scope).replace("sealing-key", name)}-AbCdEf`),
    ),
    { arn: here("secretsmanager", "secret:a/leased-AbCdEf"), keys: managed },
    ...[scope.archiveKeyAlias, scope.proofsKeyAlias].map((alias) => {
      return { arn: here("kms", `key/${alias}`), keys: { "kms:ResourceAliases": alias } };
    }),
  ];
  return things.map((thing) => (typeof thing === "string" ? { arn: thing, keys: {} } : thing));
}

/** Lists the Allows of all identity policies of a hub: of its functions' roles, and of each account's revoker. */
const allowsOf = (scope: HubScope): readonly (Statement & { readonly by: string })[] =>
  [
    ...functionsOf(scope).flatMap((name) =>
      [...rightsOf(name, scope), ...logRightsOf(name, scope)].map((statement) => ({ by: name, ...statement })),
    ),
    ...[HUB, TARGET].flatMap((account) =>
      revokerRights(account, scope).map((statement) => ({ by: `revoker ${account}`, ...statement })),
    ),
  ].filter(({ Effect }) => Effect === "Allow");

/** Lists the rights of a hub that meet a thing: `exchange sts:AssumeRole arn:…`. Without a resource type, `*` names nothing of anybody's. */
export const reachOf = (config: Config, things: readonly Thing[]): readonly string[] =>
  allowsOf(hubScopeOf(config)).flatMap(({ by, Action, Resource, Condition = {} }) =>
    things
      .filter(({ arn }) => Resource.some((pattern) => pattern !== "*" && isLike(arn, pattern)))
      .filter(({ keys }) => TOLD.every((key) => admits(Condition, key, keys[key])))
      .map(({ arn }) => `${by} ${Action.join()} ${arn}`),
  );

/** Condition keys by which a right is bound to the hub's own. */
const TOLD = ["aws:ResourceTag/valetkey:managed", "kms:ResourceAliases"];

/** Finds the words after which the rights of a hub have a star in a name. */
export const patternsOf = (config: Config): readonly RegExpMatchArray[] =>
  allowsOf(hubScopeOf(config)).flatMap(({ Resource }) =>
    Resource.flatMap((pattern) => [...pattern.matchAll(/[/:]valetkey-([a-z]+)-[^/]*\*/g)]),
  );

/** False where a condition on a key wants another value. */
const admits = (conditions: NonNullable<Statement["Condition"]>, key: string, value = ""): boolean =>
  Object.values(conditions).every((each) => each[key] === undefined || [each[key]].flat().includes(value));

const isLike = (text: string, pattern: string): boolean =>
  new RegExp(
    `^${pattern
      .replace(/[.+^${}()|[\]\\]/g, "\\$&")
      .replaceAll("*", ".*")
      .replaceAll("?", ".")}$`,
  ).test(text);

/** Lists the policies of a hub's own resources and roles, whoever they admit. */
export function admittedBy(config: Config): string {
  const scope = hubScopeOf(config);
  if (!scope.anchor) throw new Error("a hub with a witness");
  return JSON.stringify([
    taskRoleTrust(scope),
    revokerTrust(scope),
    busPolicy(scope),
    archiveKeyPolicy(scope),
    archiveBucketPolicy(scope, "arn:aws:kms:eu-central-1:999900001111:key/proofs"),
    anchorPolicy(scope.anchor, scope),
  ]);
}
