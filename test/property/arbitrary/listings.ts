import fc from "fast-check";
import { agentId } from "../../../contract/agent-id.ts";
import { ACCOUNT, ANY, inIam, OTHER_ACCOUNT, type Piece } from "./arns.ts";
import { arbitraryPolicy, PERMIT_ALL } from "./policies.ts";
import type { Scenario } from "./scenarios.ts";

const AGENTS = ["reporter", "helper"].map(agentId);

/** Types whose list actions may name no resource: heads of their ARNs, names, and actions on them. */
const RDS = (type: string) => `arn:aws:rds:us-east-1:${ACCOUNT}:${type}:`;
const STACKS = `arn:aws:cloudformation:us-east-1:${ACCOUNT}:stack/`;
const TOPICS = `arn:aws:sns:us-east-1:${ACCOUNT}:`;
const ALARMS = `arn:aws:cloudwatch:us-east-1:${ACCOUNT}:alarm:`;
const CACHES = `arn:aws:elasticache:us-east-1:${ACCOUNT}:cluster:`;
const IMAGES = `arn:aws:ecr:us-east-1:${ACCOUNT}:repository/`;
const FILES = `arn:aws:elasticfilesystem:us-east-1:${ACCOUNT}:file-system/`;
const LOGS = `arn:aws:logs:us-east-1:${ACCOUNT}:log-group:`;
const BOTS = `arn:aws:chime:us-east-1:${ACCOUNT}:app-instance/x/bot/`;
const NAMES: Readonly<Record<string, readonly string[]>> = {
  [RDS("db")]: ["app", "app-pii", "pii"],
  [RDS("snapshot")]: ["app", "rds:pii-1"],
  [RDS("og")]: ["default:mysql", "pii"],
  [STACKS]: ["app/1", "app-pii/1", "pii/2"],
  [TOPICS]: ["jobs", "jobs-pii"],
  [ALARMS]: ["app", "app-pii"],
  [CACHES]: ["app", "pii"],
  [IMAGES]: ["app/web", "pii"],
  [FILES]: ["fs-1", "fs-pii"],
  [LOGS]: ["app:*", "pii:*"],
  [BOTS]: ["b-1", "pii"],
};
/**
 * Actions, with the heads that they take: the last two need a resource, and no call of them names none. Only
 * the first six can be requested on `"*"`: the Service Authorization Reference stars the types of the others.
 */
const ACTIONS: readonly (readonly [string, readonly string[]])[] = [
  ["rds:DescribeDBInstances", [RDS("db")]],
  ["rds:DescribeDBSnapshots", [RDS("db"), RDS("snapshot")]],
  ["rds:DescribeOptionGroups", [RDS("og")]],
  ["cloudformation:DescribeStacks", [STACKS]],
  ["sns:GetSubscriptionAttributes", [TOPICS]],
  ["sns:SetSubscriptionAttributes", [TOPICS]],
  ["cloudwatch:DescribeAlarms", [ALARMS]],
  ["elasticache:DescribeCacheClusters", [CACHES]],
  ["ecr:DescribeRepositories", [IMAGES]],
  ["elasticfilesystem:DescribeMountTargets", [FILES]],
  ["logs:DescribeMetricFilters", [LOGS]],
  ["chime:ListAppInstanceBots", [BOTS]],
  ["rds:StartDBInstance", [RDS("db")]],
  ["sns:Publish", [TOPICS]],
];
const ON_STAR = ACTIONS.slice(0, 6).map(([name]) => name);

interface Part {
  readonly account: string;
  readonly actions: readonly string[];
  readonly resources: readonly string[];
  readonly targets: readonly (readonly Piece[])[];
}

type Kind = (typeof ACTIONS)[number];

/** One action, on `"*"`, on a whole type, on a part of it or on a resource; in another account now and then. */
const partOf = ([action, heads]: Kind): fc.Arbitrary<Part> =>
  fc
    .record({
      head: fc.constantFrom(...heads),
      form: fc.constantFrom(...(ON_STAR.includes(action) ? ["every", "every"] : []), "type", "type", "part", "one"),
      hasAccounts: fc.constantFrom(false, false, true),
      account: fc.constantFrom(ACCOUNT, ACCOUNT, ACCOUNT, OTHER_ACCOUNT),
      at: fc.nat(2),
    })
    .map(({ head, form, hasAccounts, account, at }): Part => {
      const names = NAMES[head] ?? [];
      const name = names[at % names.length] ?? "";
      const inAccount = (text: string) => text.replace(ACCOUNT, account);
      const pieces: Readonly<Record<string, readonly (readonly Piece[])[]>> = {
        every: heads.map((each) => [inAccount(each), ANY]),
        type: [[inAccount(head), ANY]],
        part: [[inAccount(`${head}${name.slice(0, 3)}`), ANY]],
        one: [[inAccount(`${head}${name}`)]],
      };
      const targets = pieces[form] ?? [];
      const resources = form === "every" ? ["*"] : targets.map(inIam);
      const extra = hasAccounts && form === "every" ? ["s3:ListAllMyBuckets"] : [];
      return { account, actions: [action, ...extra], resources, targets };
    });

/** Policies about the same few resources that the tasks request, so that the two meet. */
const policiesOf = (kinds: readonly Kind[]) => {
  const arns = kinds.flatMap(([, heads]) =>
    heads.flatMap((head) => (NAMES[head] ?? []).map((name) => `${head}${name}`)),
  );
  const named = kinds.map(([action]) => action);
  return fc
    .tuple(
      fc.array(arbitraryPolicy(arns, named, "permit"), { maxLength: 2 }),
      fc.array(arbitraryPolicy(arns, named, "forbid"), { maxLength: 2 }),
      fc.constantFrom(true, true, true, false),
    )
    .map(([permits, forbids, isOpen]) => ({
      arns,
      policies: [...permits, ...forbids, ...(isOpen ? [PERMIT_ALL] : [])],
    }));
};

/** Returns a task that requests a whole type, of which policy forbids a part, for each list and each part of its types. */
export const hiddenParts = (): readonly (readonly [action: string, part: string, scenario: Scenario])[] =>
  ACTIONS.slice(0, -2).flatMap(([action, heads]) =>
    heads.flatMap((head) =>
      [...new Set((NAMES[head] ?? []).map((name) => name.slice(0, 3)))].map((begin) => {
        const part = `${head}${begin}`;
        const text = `forbid (principal, action, resource is AWS::Resource) when { resource.arn like "${part}*" };`;
        const targets: Scenario["targets"] = [[head, ANY]];
        const json = JSON.stringify([
          { type: "aws", account: ACCOUNT, actions: [action], resources: targets.map(inIam) },
        ]);
        const asker = {
          agent: { id: agentId("reporter"), owner: "ada", team: "data" },
          claims: {},
          purpose: "monthly report",
          ttlSeconds: 900,
          sourceIp: "192.0.2.7",
        };
        const policies: Scenario["policies"] = [PERMIT_ALL, { text, patterns: [[part, ANY]] }];
        const scenario: Scenario = {
          arns: (NAMES[head] ?? []).map((name) => `${head}${name}`),
          policies,
          asker,
          json,
          targets,
        };
        return [action, part, scenario] as const;
      }),
    ),
  );

/** Tasks that request lists, and a sub-agent that requests the same or something else. */
export const arbitraryListing: fc.Arbitrary<readonly Scenario[]> = fc
  .uniqueArray(fc.constantFrom(...ACTIONS), { minLength: 1, maxLength: 2 })
  .chain((kinds) => {
    const part = fc.constantFrom(...kinds).chain(partOf);
    return fc
      .record({
        world: policiesOf(kinds),
        parts: fc.array(part, { minLength: 1, maxLength: 2 }),
        below: fc.option(fc.array(part, { minLength: 1, maxLength: 2 }), { freq: 2 }),
        isSame: fc.boolean(),
        claims: fc.constantFrom<Record<string, string>>({}, { ref: "main" }),
        ttlSeconds: fc.constantFrom(900, 3_600),
      })
      .map(({ world, parts, below, isSame, claims, ttlSeconds }) => {
        const asking = (depth: number, requested: readonly Part[]): Scenario => ({
          ...world,
          asker: {
            agent: { id: AGENTS[depth] ?? agentId("nobody"), owner: "ada", team: "data" },
            claims,
            purpose: "monthly report",
            ttlSeconds,
            sourceIp: "192.0.2.7",
            ancestors: AGENTS.slice(0, depth),
          },
          json: JSON.stringify(requested.map(({ targets: _, ...each }) => ({ type: "aws", ...each }))),
          targets: requested.flatMap(({ targets }) => targets),
        });
        return below === null ? [asking(0, parts)] : [asking(0, parts), asking(1, isSame ? parts : below)];
      });
  });
