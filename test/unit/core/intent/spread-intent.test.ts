import { describe, expect, it } from "vitest";
import { agentId } from "../../../../contract/agent-id.ts";
import type { Detail } from "../../../../functions/core/intent/detail.ts";
import type { Pair } from "../../../../functions/core/intent/pairs.ts";
import { narrowPairs, spreadIntent } from "../../../../functions/core/intent/spread-intent.ts";
import { actionName } from "../../../fakes/samples/spelled.ts";
import { catalogue } from "../catalogue/load-catalogue.ts";
import { ACCOUNT, aws, pairs, refusalOf, said } from "./spread.ts";

const named = (...details: readonly Detail[]) => pairs(...details).map(({ action, target }) => `${action} ${target}`);

const OBJECTS = "arn:aws:s3:::acme/*";
const BUCKET = "arn:aws:s3:::acme";
const QUEUE = `arn:aws:sqs:eu-west-1:${ACCOUNT}:jobs`;

describe("an intent, spread into pairs of action and target", () => {
  it("gives each action those resources that it applies to", () => {
    expect(named(aws(["s3:GetObject", "s3:ListBucket"], [BUCKET, OBJECTS]))).toEqual([
      `s3:GetObject ${OBJECTS}`,
      `s3:ListBucket ${BUCKET}`,
    ]);
  });

  it("writes actions out, in AWS's own case", () => {
    expect(named(aws(["S3:getobjectacl", "s3:GetObjectAt*"], [OBJECTS]))).toEqual([
      `s3:GetObjectAcl ${OBJECTS}`,
      `s3:GetObjectAttributes ${OBJECTS}`,
    ]);
  });

  it("leaves out what only a pattern names, and what works on none of the resources", () => {
    expect(named(aws(["s3:GetObjectT*"], [OBJECTS]))).toEqual([
      `s3:GetObjectTagging ${OBJECTS}`,
      `s3:GetObjectTorrent ${OBJECTS}`,
    ]);
    // s3:PutBucketTagging is of a bucket.
    expect(named(aws(["s3:Put*tTagging"], [OBJECTS]))).toEqual([`s3:PutObjectTagging ${OBJECTS}`]);
    expect(named(aws(["s3:ListAllMyB*", "s3:*ListBucket"], [BUCKET, "*"]))).toContain("s3:ListAllMyBuckets *");
    expect(named(aws(["s3:List*"], [BUCKET]))).not.toContain("s3:ListAllMyBuckets *");
    expect(named(aws(["s3:Get*"], [OBJECTS]))).toContain(`s3:GetObject ${OBJECTS}`);
    // ec2:RunInstances would need an image and more.
    const instances = `arn:aws:ec2:us-east-1:${ACCOUNT}:instance/*`;
    expect(named(aws(["ec2:R*Instances"], [instances]))).toEqual([`ec2:RebootInstances ${instances}`]);
  });

  it("has of a resource what policies may read", () => {
    expect(pairs(aws(["s3:GetObject"], [OBJECTS]))).toEqual([
      {
        kind: "resource",
        action: "s3:GetObject",
        groups: ["s3:Read", "aws:Read"],
        mints: false,
        isPattern: true,
        target: OBJECTS,
        service: "s3",
        region: "",
        account: ACCOUNT,
        arnNamesAccount: false,
        tagKey: { prefix: "s3:ExistingObjectTag", isCertain: true },
      },
    ]);
    expect(pairs(aws(["sqs:SendMessage"], [QUEUE]))).toMatchObject([
      { isPattern: false, service: "sqs", region: "eu-west-1", account: ACCOUNT, arnNamesAccount: true },
    ]);
  });

  it("takes conditions on tags only where every kind of resource that the ARN could name does", () => {
    const kms = (...resources: string[]) =>
      aws(
        ["kms:UpdateAlias"],
        resources.map((resource) => `arn:aws:kms:us-east-1:${ACCOUNT}:${resource}`),
      );
    const takes = (detail: Detail) => pairs(detail).map((pair) => "tagKey" in pair);
    expect(takes(kms("key/*", "alias/*"))).toEqual([true, false]);
    expect(takes(kms("*"))).toEqual([false]);
    // IAM gets the tags of a configuration and of its application, and not those of a hosted version.
    const applications = `arn:aws:appconfig:us-east-1:${ACCOUNT}:application/*`;
    expect(takes(aws(["appconfig:GetHostedConfigurationVersion"], [applications]))).toEqual([false]);
  });

  it("I2: has certain tags only where IAM gets them for every kind of resource that the ARN could name", () => {
    const certain = (budgets: string) =>
      pairs(aws(["budgets:ListTagsForResource"], [`arn:aws:budgets::${ACCOUNT}:budget/${budgets}`]));
    expect(certain("travel")).toMatchObject([{ tagKey: { prefix: "aws:ResourceTag", isCertain: true } }]);
    expect(certain("travel/action/stop")).toMatchObject([{ tagKey: { isCertain: false } }]);
    expect(certain("*")).toMatchObject([{ tagKey: { prefix: "aws:ResourceTag", isCertain: false } }]);
  });

  it("decides an action without a resource type for the account", () => {
    expect(pairs(aws(["s3:ListAllMyBuckets"], ["*"]))).toEqual([
      {
        kind: "account",
        action: "s3:ListAllMyBuckets",
        groups: ["s3:List", "aws:List"],
        mints: false,
        isPattern: false,
        target: "*",
        account: ACCOUNT,
      },
    ]);
  });

  describe("an action of which a call may name no resource", () => {
    const dataset = `arn:aws:cloudwatch:eu-west-1:${ACCOUNT}:dataset/a`;
    const data = aws(["cloudwatch:GetMetricData"], ["*"]);

    it.each(["cloudwatch:GetMetricData", "cloudwatch:GetMetricD*"])("is decided for the account on *: %s", (action) => {
      const pair = { kind: "account", action: "cloudwatch:GetMetricData", target: "*", namesNone: true };
      expect(pairs(aws([action], ["*"]))).toMatchObject([pair]);
    });

    it("is decided on its ARN where it names one", () => {
      const [pair, ...others] = pairs(aws(["cloudwatch:GetMetricData"], [dataset]));
      expect([pair?.kind, pair?.target, others]).toEqual(["resource", dataset, []]);
    });

    it("is refused on both, since the session that has the one is denied the other", () => {
      const both = [data, aws(["cloudwatch:GetMetricData"], [dataset])];
      for (const details of [both, both.toReversed()])
        expect(said(() => spreadIntent(details, catalogue))).toMatchObject({
          code: "intent_invalid",
          detail: { say: expect.stringContaining("ask for them in two requests") },
        });
    });
  });

  it("marks an action that mints, which is in no group", () => {
    const role = `arn:aws:iam::${ACCOUNT}:role/deploy`;
    expect(pairs(aws(["sts:AssumeRole"], [role]))).toMatchObject([{ mints: true, groups: [], service: "iam" }]);
  });

  it("names a tool by its server", () => {
    expect(pairs({ type: "tool", server: agentId("tickets"), tools: ["search", "close"] })).toMatchObject([
      { kind: "tool", action: "tool:Call", target: "tickets/search", server: "tickets", tool: "search", mints: false },
      { kind: "tool", target: "tickets/close", isPattern: false, groups: [] },
    ]);
  });

  it("pairs each detail with its own pairs", () => {
    const details = [aws(["s3:ListBucket"], [BUCKET]), aws(["s3:GetObject"], [OBJECTS])];
    expect(spreadIntent(details, catalogue).map(({ detail }) => detail)).toEqual(details);
  });

  it.each<[string, Detail, string]>([
    [
      "an unknown action",
      aws(["s3:GetObjects"], [OBJECTS]),
      "There is no action `s3:GetObjects`; did you mean `s3:GetObject`?",
    ],
    [
      "every action",
      aws(["*"], [OBJECTS]),
      "Name the services and actions that the task needs; `*` would be all of AWS.",
    ],
    [
      "an action that fits none of the resources",
      aws(["sns:Publish"], [QUEUE]),
      "sns:Publish applies to none of the resources; it takes arn:${Partition}:sns:${Region}:${Account}:${TopicName}.",
    ],
    [
      "an action for objects on their bucket",
      aws(["s3:DeleteObject"], [BUCKET]),
      `s3:DeleteObject applies to none of the resources; it takes arn:\${Partition}:s3:::\${BucketName}/\${ObjectName} or arn:\${Partition}:s3:\${Region}:\${Account}:accesspoint/\${AccessPointName}/object/\${ObjectName}, such as ${BUCKET}/*.`,
    ],
    [
      "a pattern of which no action fits any of the resources",
      aws(["s3:GetObject", "s3:GetBucketA*"], [OBJECTS]),
      `s3:GetBucketAbac applies to none of the resources; it takes arn:\${Partition}:s3:::\${BucketName}, such as ${BUCKET}.`,
    ],
    [
      "an action that fits none of the resources, beside a pattern that names it too",
      aws(["s3:Put*tTagging", "s3:PutBucketTagging"], [OBJECTS]),
      `s3:PutBucketTagging applies to none of the resources; it takes arn:\${Partition}:s3:::\${BucketName}, such as ${BUCKET}.`,
    ],
    [
      "an action for which it names everything",
      aws(["sqs:SendMessage"], ["*"]),
      'sqs:SendMessage has resource types, so "*" would be those of every account; name the account\'s own, with a * behind the fifth colon: arn:${Partition}:sqs:${Region}:${Account}:${QueueName}.',
    ],
    [
      "an action on optional types, of which some name no account, for which it names everything",
      aws(["s3:ListBucket"], ["*"]),
      's3:ListBucket has resource types, so "*" would be those of every account; name the account\'s own, with a * behind the fifth colon: arn:${Partition}:s3:::${BucketName} or arn:${Partition}:s3:${Region}:${Account}:accesspoint/${AccessPointName}.',
    ],
    [
      "a log group by its name alone, which CloudWatch Logs never gives IAM",
      aws(["logs:FilterLogEvents"], [`arn:aws:logs:eu-west-1:${ACCOUNT}:log-group:/app/shop`]),
      `IAM checks logs:FilterLogEvents on arn:aws:logs:eu-west-1:${ACCOUNT}:log-group:/app/shop:*, so ask for that: CloudWatch Logs adds the part behind the name.`,
    ],
    [
      "a parameter that AWS owns",
      aws(["ssm:GetParameter"], ["arn:aws:ssm:eu-west-1::parameter/aws/service/ami"]),
      `arn:aws:ssm:eu-west-1::parameter/aws/service/ami names no account, so it is AWS's own, and tasks get resources of their account only; use a copy there, such as arn:aws:ssm:eu-west-1:${ACCOUNT}:parameter/aws/service/ami.`,
    ],
    [
      "a document that AWS owns, beside the machines to run it on",
      aws(
        ["ssm:SendCommand"],
        ["arn:aws:ssm:eu-west-1::document/AWS-RunShellScript", `arn:aws:ec2:eu-west-1:${ACCOUNT}:instance/i-1`],
      ),
      `arn:aws:ssm:eu-west-1::document/AWS-RunShellScript names no account, so it is AWS's own, and tasks get resources of their account only; use a copy there, such as arn:aws:ssm:eu-west-1:${ACCOUNT}:document/AWS-RunShellScript.`,
    ],
    [
      "an account's action on a resource",
      aws(["s3:ListAllMyBuckets"], [BUCKET]),
      's3:ListAllMyBuckets has no resource type; ask for it with "resources": ["*"].',
    ],
    [
      "a resource that no action applies to",
      aws(["s3:GetObject"], [OBJECTS, BUCKET]),
      "No action of the detail applies to the resource arn:aws:s3:::acme; leave it out, or ask for an action on it.",
    ],
    [
      "everything beside what it needs",
      aws(["s3:GetObject"], [OBJECTS, "*"]),
      "No action of the detail applies to the resource *; leave it out, or ask for an action on it.",
    ],
    [
      "an action that needs several resources, and only one of them",
      aws(["kms:UpdateAlias"], [`arn:aws:kms:us-east-1:${ACCOUNT}:key/*`]),
      "kms:UpdateAlias also needs a resource of type alias.",
    ],
  ])("I10: is refused where it requests %s", (_name, detail, say) => {
    expect(said(() => pairs(detail))).toMatchObject({
      code: "intent_invalid",
      detail: { say: `authorization_details[0]: ${say}` },
    });
  });

  it.each([
    ["logs:FilterLogEvents", ":*"],
    ["logs:FilterLogEvents", "*"],
    ["logs:ListTagsForResource", ""],
    ["logs:GetLogEvents", ":log-stream:a"],
  ])("takes a log group as CloudWatch Logs names it to IAM: %s on %s", (action, end) => {
    const target = `arn:aws:logs:eu-west-1:${ACCOUNT}:log-group:/app/shop${end}`;
    expect(pairs(aws([action], [target])).map((pair) => pair.target)).toEqual([target]);
  });

  it("is refused with the kinds of ARN that an action takes, three at most", () => {
    expect(refusalOf(aws(["s3:GetObject"], [QUEUE]))).toMatch(/ it takes (arn:\S+) or (arn:\S+)\.$/);
    expect(refusalOf(aws(["ec2:RunInstances"], [QUEUE]))).toMatch(/ it takes arn:\S+ or arn:\S+ or arn:\S+\.$/);
  });

  it("is refused with all that is missing, by the place of the detail", () => {
    const run = aws(["ec2:RunInstances"], [`arn:aws:ec2:us-east-1:${ACCOUNT}:instance/*`]);
    expect(refusalOf(aws(["s3:GetObject"], [OBJECTS]), run)).toMatch(
      /^authorization_details\[1\]: ec2:RunInstances also needs a resource of type [a-z-]+(, [a-z-]+)+\.$/,
    );
  });

  const buckets = (count: number) => Array.from({ length: count }, (_, n) => `arn:aws:s3:::acme-${n}`);
  const tools = (count: number): Detail => ({
    type: "tool",
    server: agentId("tickets"),
    tools: Array.from({ length: count }, (_, n) => `tool-${n}`),
  });

  it.each<[string, readonly Detail[]]>([
    ["one detail", [aws(["s3:ListBucket"], buckets(250))]],
    ["two details", [aws(["s3:ListBucket"], buckets(249)), tools(1)]],
    ["tools alone", [tools(250)]],
  ])("may hold 250 pairs, in %s", (_name, details) => {
    expect(pairs(...details)).toHaveLength(250);
  });

  it.each<[string, readonly Detail[]]>([
    ["one detail", [aws(["s3:ListBucket"], buckets(251))]],
    ["two details", [aws(["s3:ListBucket"], buckets(250)), tools(1)]],
    ["tools before AWS", [tools(250), aws(["s3:ListBucket"], buckets(1))]],
    [
      "wildcards in the action",
      [
        aws(
          ["sqs:*eMessage"],
          Array.from({ length: 126 }, (_, n) => `${QUEUE}-${n}`),
        ),
      ],
    ],
  ])("is refused with more than 250 pairs, in %s", (_name, details) => {
    expect(said(() => pairs(...details))).toMatchObject({
      code: "intent_invalid",
      detail: {
        say: expect.stringContaining("asks for more pairs of action and resource than a request may have (250"),
      },
    });
  });

  it("names how many pairs it has, and a part that fits", () => {
    const queues = Array.from({ length: 100 }, (_, n) => `${QUEUE}-${n}`);
    expect(refusalOf(aws(["sqs:SendMessage", "sqs:ReceiveMessage", "sqs:DeleteMessage"], queues))).toBe(
      "authorization_details[0] asks for more pairs of action and resource than a request may have (250, of which 250 are left): " +
        "3 actions on 100 resources. Ask for less, or for what is behind the first 2 actions in another task.",
    );
    expect(refusalOf(aws(["s3:ListBucket"], buckets(240)), tools(20))).toBe(
      "authorization_details[1] asks for more pairs of action and resource than a request may have (250, of which 10 are left): " +
        "20 of them. Ask for less, or for what is behind the first 10 resources in another task.",
    );
  });

  it("is refused for its pairs before anything that comes after them is looked at", () => {
    expect(refusalOf(aws(["s3:ListBucket"], [...buckets(250), "*"]))).toContain("more pairs of action and resource");
    const queues = Array.from({ length: 126 }, (_, n) => `${QUEUE}-${n}`);
    expect(refusalOf(aws(["sqs:*eMessage"], [...queues, BUCKET]))).toContain("more pairs of action and resource");
  });
});

describe("a pair on narrower targets", () => {
  const onlyPair = (action: string, target: string): Pair => {
    const [pair] = pairs(aws([action], [target]));
    if (!pair) throw new Error("the detail has no pair");
    return pair;
  };
  const narrowed = (...targets: string[]) => narrowPairs(onlyPair("s3:GetObject", OBJECTS), targets, catalogue);

  it("is the same pair, one for each target that it can be requested on", () => {
    const pair = onlyPair("s3:GetObject", OBJECTS);
    expect(narrowed("arn:aws:s3:::acme/a", "arn:aws:s3:::acme/b/*")).toEqual([
      { ...pair, target: "arn:aws:s3:::acme/a", isPattern: false },
      { ...pair, target: "arn:aws:s3:::acme/b/*", isPattern: true },
    ]);
  });

  it.each([
    ["is no ARN", "acme"],
    ["the action does not take", BUCKET],
  ])("is left out where a target %s", (_name, target) => {
    expect(narrowed(target)).toEqual([]);
  });

  it("takes conditions on tags where every kind of resource does that is left", () => {
    const [keys, all] = ["key/a", "*"].map((resource) => `arn:aws:kms:us-east-1:${ACCOUNT}:${resource}`);
    const pair = onlyPair("kms:UpdateAlias", all ?? "");
    expect(narrowPairs(pair, [keys ?? "", all ?? ""], catalogue)).toMatchObject([
      { tagKey: { prefix: "aws:ResourceTag", isCertain: true } },
      expect.not.objectContaining({ tagKey: expect.anything() }),
    ]);
  });

  it("is none where AWS has the action no more", () => {
    const gone = { ...onlyPair("s3:GetObject", OBJECTS), action: actionName("s3:GetNothing") };
    expect(narrowPairs(gone, [OBJECTS], catalogue)).toEqual([]);
  });

  it("is none for an account or a tool, which have no parts", () => {
    expect(narrowPairs(onlyPair("s3:ListAllMyBuckets", "*"), [OBJECTS], catalogue)).toEqual([]);
  });
});
