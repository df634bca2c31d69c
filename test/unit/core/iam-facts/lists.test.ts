import { describe, expect, it } from "vitest";
import {
  LISTS,
  NOT_IN_NAMES,
  namingOf,
  ONLY_WHAT_IS_NAMED,
  OTHER_LISTS,
} from "../../../../functions/core/iam-facts/lists.ts";
import { listedTypes } from "../../../../functions/core/intent/listed-types.ts";
import { absentFrom, answersUnnamed, evaluatedTexts, isList } from "../../../../functions/core/proof/aws/lists.ts";
import { actionOf, arnOf, everyAction } from "../catalogue/load-catalogue.ts";
import { ACCOUNT, allow, answerTo, deny, PERMIT, PROVEN, textOf, when } from "../proof/ask.ts";
import { decided } from "./decided.ts";

const excepted = ONLY_WHAT_IS_NAMED.flatMap(({ actions }) => actions);
const others = OTHER_LISTS.flatMap(({ actions }) => actions);
const shortOf = (name: string): string => name.slice(name.indexOf(":") + 1);

describe("the lists of the catalogue", () => {
  const named = everyAction().filter(({ resourceTypes }) => resourceTypes.length > 0);
  const lists = named.filter(({ name }) => LISTS.verbs.test(shortOf(name)));

  it("are each under the rule or in the list of exceptions", () => {
    const under = lists.filter((action) => namingOf(action) === "list");
    const apart = lists.filter((action) => namingOf(action) === "named");
    expect(under.length + apart.length).toBe(lists.length);
    expect(apart.map(({ name }) => name).filter((name) => !excepted.includes(name))).toEqual([]);
    process.stdout.write(
      `lists of named types: ${lists.length}; guarded: ${under.length}; excepted: ${apart.length}\n`,
    );
    expect(lists.length).toBeGreaterThan(2_900);
    expect(apart.length).toBeLessThan(60);
  });

  it.each([...excepted, ...others])("have no row of an unknown action: %s", (name) => {
    expect(actionOf(name).name).toBe(name);
    expect(actionOf(name).resourceTypes.length).toBeGreaterThan(0);
  });

  it("are read by the proof in its own way, which demands no guard that the compiler does not write", () => {
    const differing = named.filter((action) => answersUnnamed(action) !== (namingOf(action) !== "named"));
    process.stdout.write(`read in two ways: ${differing.map(({ name }) => name).join(" ") || "none"}\n`);
    const demanded = named.filter((action) => answersUnnamed(action) && namingOf(action) === "named");
    expect(demanded.map(({ name }) => name)).toEqual([]);
    const below = named.filter((action) => answersUnnamed(action) && isList(action) && namingOf(action) !== "list");
    expect(below.map(({ name }) => name)).toEqual([]);
    expect(differing.filter((action) => namingOf(action) === "list").map(({ name }) => name)).toEqual([]);
  });
});

describe("the proof's own reading of lists", () => {
  const described = actionOf("eks:DescribeCluster");
  const optional = { ...described, name: "eks:TagSomething" as never };

  it("has the compiler's characters that no name of a type has, for every type", () => {
    for (const { service, resourceTypes } of everyAction())
      for (const { name } of resourceTypes)
        expect([service, name, absentFrom(service, name)]).toEqual([
          service,
          name,
          NOT_IN_NAMES.of[`${service}:${name}`] ?? NOT_IN_NAMES.of[service] ?? "",
        ]);
    expect(["old-db", "dbs"].map((type) => absentFrom("rds", type))).toEqual(["/", "/"]);
  });

  it("has the texts that IAM evaluates for a call without names", () => {
    expect(evaluatedTexts("eks", "cluster/$/pod/$")).toEqual(["cluster/*/pod/*", "cluster/*", "cluster/", "*"]);
    expect(evaluatedTexts("s3", "$")).toEqual(["*"]);
    expect(evaluatedTexts("logs", "log-group:$")).toEqual([
      "log-group:*",
      "log-group:",
      "*",
      "log-group::log-stream:",
      "log-group::log-stream:*",
    ]);
  });

  it.each([
    ["a type that a call may leave out", [{ required: false, arns: ["arn:aws:eks:r:a:x/$"] }], true],
    ["a required type", [{ required: true, arns: ["arn:aws:eks:r:a:x/$"] }], false],
    ["ARNs without an account", [{ required: false, arns: ["arn:aws:eks:::x/$"] }], false],
    ["some ARNs without an account", [{ required: false, arns: ["arn:aws:eks:::x/$", "arn:aws:eks:r:a:x/$"] }], false],
    ["no type", [], false],
  ])("takes an action that is no list for one which may name nothing by its types: %s", (_of, types, may) => {
    const resourceTypes = types.map((type) => ({ ...optional.resourceTypes[0], ...type }));
    expect(answersUnnamed({ ...optional, resourceTypes: resourceTypes as never })).toBe(may);
  });

  it.each(["cloudwatch:ListMetricsOf", "cloudwatch:DescribeListMetrics"])("knows no other action by: %s", (name) => {
    expect(answersUnnamed({ ...described, service: "cloudwatch", name: name as never })).toBe(true);
  });
});

/** Lists whose types the reference stars: a call names none of them all the same. */
const STARRED = [
  ["cloudwatch:DescribeAlarms", `arn:aws:cloudwatch:us-east-1:${ACCOUNT}:alarm:`],
  ["elasticache:DescribeCacheClusters", `arn:aws:elasticache:us-east-1:${ACCOUNT}:cluster:`],
  ["elasticache:DescribeReplicationGroups", `arn:aws:elasticache:us-east-1:${ACCOUNT}:replicationgroup:`],
  ["ecr:DescribeRepositories", `arn:aws:ecr:us-east-1:${ACCOUNT}:repository/`],
  ["memorydb:DescribeClusters", `arn:aws:memorydb:us-east-1:${ACCOUNT}:cluster/`],
  ["elasticfilesystem:DescribeMountTargets", `arn:aws:elasticfilesystem:us-east-1:${ACCOUNT}:file-system/`],
  ["logs:DescribeMetricFilters", `arn:aws:logs:us-east-1:${ACCOUNT}:log-group:`],
  ["ce:GetAnomalyMonitors", `arn:aws:ce::${ACCOUNT}:anomalymonitor/`],
  ["ecs:DescribeClusters", `arn:aws:ecs:us-east-1:${ACCOUNT}:cluster/`],
] as const;

describe("I2: a list of a type that the reference stars", () => {
  it.each(STARRED)("%s is denied where a forbid hides one of %s", (action, head) => {
    const forbid = when("forbid", `resource.arn like "${head}prod*"`);
    const denied = decided(action, `${head}*`, forbid).flatMap(({ resources }) => resources);
    expect(denied).toEqual(expect.arrayContaining([`${head}\${*}*`, head]));
    const [allowed, byName] = [allow(action, `${head}*`), deny(action, `${head}prod*`)];
    expect(answerTo(textOf(allowed, byName), [PERMIT, forbid])).toMatchObject({ verdict: "counterexample" });
    expect(answerTo(textOf(allowed, byName, deny(action, denied)), [PERMIT, forbid])).toEqual(PROVEN);
    expect(answerTo(textOf(allowed), [PERMIT])).toEqual(PROVEN);
  });

  it("denies what IAM evaluates for all log groups: a stream of a group without a name", () => {
    const groups = `arn:aws:logs:us-east-1:${ACCOUNT}:log-group:`;
    const forbid = when("forbid", `resource.arn like "${groups}prod*"`);
    const [action, star] = ["logs:DescribeMetricFilters", `${groups}\${*}*`];
    expect(decided(action, `${groups}*`, forbid)).toContainEqual(
      expect.objectContaining({ resources: [star, groups, `${groups}:*`] }),
    );
    const text = (...denied: readonly string[]) =>
      textOf(allow(action, `${groups}*`), deny(action, [`${groups}prod*`, star, groups, ...denied]));
    expect(answerTo(text(), [PERMIT, forbid])).toMatchObject({ call: { askedAs: `${groups}:log-stream:` } });
    expect(answerTo(text(`${groups}:*`), [PERMIT, forbid])).toEqual(PROVEN);
  });

  it("denies a list below named parents", () => {
    const action = "chime:ListAppInstanceBots";
    const app = `arn:aws:chime:us-east-1:${ACCOUNT}:app-instance/x/bot/`;
    const forbid = when("forbid", `resource.arn == "${app}3"`);
    const denied = decided(action, `${app}*`, forbid).flatMap(({ resources }) => resources);
    expect(denied).toEqual(expect.arrayContaining([`${app}\${*}*`, app]));
    const [allowed, byName] = [allow(action, `${app}*`), deny(action, `${app}3`)];
    expect(answerTo(textOf(allowed, byName), [PERMIT, forbid])).toMatchObject({ call: { askedAs: `${app}*` } });
    expect(answerTo(textOf(allowed, byName, deny(action, denied)), [PERMIT, forbid])).toEqual(PROVEN);
  });

  it("is no list below a name that holds colons: what IAM adds to a log group's name is no parent", () => {
    const group = `arn:aws:logs:us-east-1:${ACCOUNT}:log-group:app:*`;
    const [action, forbid] = ["logs:DescribeMetricFilters", when("forbid", 'resource.arn like "*:stream-9"')];
    const denied = decided(action, group, forbid).flatMap(({ resources }) => resources);
    expect(answerTo(textOf(allow(action, group), deny(action, denied)), [PERMIT, forbid])).toEqual(PROVEN);
  });

  it.each(excepted)("leaves %s alone: each call names its resource", (name) => {
    const action = actionOf(name);
    const targets = action.resourceTypes.flatMap(({ arns }) =>
      arns.map((arn) =>
        arn
          .replace(/\$\{Partition\}/, "aws")
          .replace(/\$\{Region\}/, "us-east-1")
          .replace(/\$\{Account(?:Id)?\}/, ACCOUNT),
      ),
    );
    for (const target of targets) {
      const pattern = target
        .split(":")
        .map((part, index) => (index < 5 ? part : part.replace(/\$\{.*$/, "*")))
        .join(":");
      expect(listedTypes(action, arnOf(pattern))).toEqual([]);
    }
  });
});
