import { createHash } from "node:crypto";
import { afterEach, describe, expect, it } from "vitest";
import { ASSUMPTIONS } from "../../../../client/doctor/aws/assumptions/list.ts";
import { probeAssumptions } from "../../../../client/doctor/aws/assumptions/run.ts";
import { type Asked, type Scripted, scriptedAws } from "./scripted-aws.ts";
import { ACCOUNT, HUB, placeOf, probedWorld, RIGHTS, WAITS } from "./worlds.ts";

const KEYS = { accessKeyId: "AKIDCANARY", secretAccessKey: "CANARY", sessionToken: "CANARY" };
let running: Awaited<ReturnType<typeof scriptedAws>> | undefined;
afterEach(async () => {
  await running?.close();
  running = undefined;
});

/** Runs one probe at an AWS that follows a script. */
async function probed(id: string, script: (asked: Asked) => Scripted) {
  running = await scriptedAws(script);
  const report = await probeAssumptions(placeOf("AIDA"), {
    say: () => {},
    hub: HUB,
    version: "0.1.0",
    waits: { ...WAITS, outSeconds: 0, longestMs: 300 },
    clients: { endpoint: running.endpoint, credentials: KEYS },
    assumptions: ASSUMPTIONS.filter((each) => each.id === id),
  });
  const [result] = report.results;
  if (!result) throw new Error(`there is no ${id}`);
  return { ...result, left: report.left, asked: running.asked };
}

/** SQS that hands out messages by a script: the bodies of one receive after another. */
function queueOf(receives: readonly (string | undefined)[], changed: Scripted = {}) {
  const bodies = [...receives];
  return ({ operation, input }: Asked): Scripted => {
    if (operation === "CreateQueue" || operation === "GetQueueUrl")
      return { QueueUrl: `http://elsewhere.example/${ACCOUNT}/${input.QueueName}` };
    if (operation === "SendMessage") return { MessageId: "m", MD5OfMessageBody: md5(String(input.MessageBody)) };
    if (operation === "ChangeMessageVisibility") return changed;
    if (operation !== "ReceiveMessage") return {};
    const Body = bodies.shift();
    return Body === undefined
      ? {}
      : { Messages: [{ MessageId: Body, ReceiptHandle: Body, Body, MD5OfBody: md5(Body) }] };
  };
}
const md5 = (text: string) => createHash("md5").update(text).digest("hex");
const LOST = { error: "com.amazonaws.sqs#MessageNotInflight" };

describe("a probe of queues", () => {
  it.each([
    ["holds", "a group waits", ["1", undefined, "1"], LOST],
    ["does_not_hold", "a group hands out a second message", ["1", "2"], LOST],
    ["does_not_hold", "a lost message can be changed", ["1", undefined, "1"], {}],
    ["not_known", "its caller may not change messages", ["1", undefined, "1"], { error: "AccessDenied" }],
    ["not_known", "no message comes", [], {}],
  ] as const)("answers %s where %s", async (answer, _, receives, changed) => {
    expect(await probed("fifo-groups-wait", queueOf(receives, changed))).toMatchObject({ answer, left: [] });
  });

  it("answers does_not_hold where a message comes before its delay is over, and where it never comes", async () => {
    const early = await probed("delays-are-kept", queueOf(["valetkey-assumption"]));
    expect(early).toMatchObject({ answer: "does_not_hold", found: expect.stringContaining("before its 1 s") });
    await running?.close();
    const never = await probed("delays-are-kept", queueOf([]));
    expect(never).toMatchObject({ answer: "does_not_hold", found: "a delayed message never came" });
  });

  it("removes no queue but its own, whatever address AWS answers, and sends nothing to its host", async () => {
    const foreign = `http://elsewhere.example/${ACCOUNT}/payroll`;
    const result = await probed("delays-are-kept", ({ operation }) =>
      operation.endsWith("Queue") || operation === "GetQueueUrl" ? { QueueUrl: foreign } : {},
    );
    expect(result).toMatchObject({ answer: "not_known", found: "it could not be tried (ForeignQueue)" });
    expect(result.left).toEqual([expect.stringMatching(/^queue valetkey-assumption-\w{16}-1 \(ForeignQueue\)$/)]);
    expect(result.asked.filter(({ operation }) => operation === "DeleteQueue")).toEqual([]);
  });
});

/** CloudFormation that finds these parts of a role changed, once something was changed. */
function cloudFormationOf(finds: readonly string[]) {
  let isChanged = false;
  let isGone = false;
  return ({ operation }: Asked): Scripted => {
    if (operation === "DeleteStack") isGone = true;
    if (operation === "UpdateAssumeRolePolicy") isChanged = true;
    const differences = finds.map((part) => `<member><PropertyPath>/${part}</PropertyPath></member>`).join("");
    switch (operation) {
      case "DescribeStacks":
        return isGone
          ? { error: "ValidationError" }
          : "<Stacks><member><StackStatus>CREATE_COMPLETE</StackStatus></member></Stacks>";
      case "DetectStackDrift":
        return "<StackDriftDetectionId>id</StackDriftDetectionId>";
      case "DescribeStackDriftDetectionStatus":
        return "<DetectionStatus>DETECTION_COMPLETE</DetectionStatus>";
      case "DescribeStackResourceDrifts":
        return isChanged
          ? `<StackResourceDrifts><member><PropertyDifferences>${differences}</PropertyDifferences></member></StackResourceDrifts>`
          : "<StackResourceDrifts></StackResourceDrifts>";
      default:
        return "";
    }
  };
}

describe("the probe of drift", () => {
  const ALL = ["AssumeRolePolicyDocument/Statement/0", "PermissionsBoundary", "ManagedPolicyArns/0"];

  it("answers holds where each change is found, and removes its stack", async () => {
    const result = await probed("drift-is-found", cloudFormationOf(ALL));
    expect(result).toMatchObject({ answer: "holds", left: [] });
    expect(result.asked.map(({ operation }) => operation)).toContain("DeleteStack");
  });

  it.each([
    ["trust", ALL.slice(1)],
    ["boundary", ALL.filter((part) => part !== "PermissionsBoundary")],
    ["policies", ALL.slice(0, 2)],
    ["trust, boundary, policies", []],
  ])("answers does_not_hold where a changed %s is not found", async (missed, finds) => {
    const result = await probed("drift-is-found", cloudFormationOf(finds));
    expect(result).toMatchObject({ answer: "does_not_hold", found: `a role's changed ${missed} was not found` });
  });

  it("never makes a role that admits or may do anything, not even for a moment", async () => {
    const { asked: requests } = await probed("drift-is-found", cloudFormationOf(ALL));
    const template = JSON.parse(
      String(requests.find(({ operation }) => operation === "CreateStack")?.input.TemplateBody),
    );
    const trusts = [
      template.Resources.Role.Properties.AssumeRolePolicyDocument,
      JSON.parse(
        String(requests.find(({ operation }) => operation === "UpdateAssumeRolePolicy")?.input.PolicyDocument),
      ),
    ];
    for (const { Statement } of trusts)
      for (const { Condition } of Statement)
        expect(Date.parse(Condition.DateLessThan["aws:CurrentTime"])).toBeLessThan(Date.UTC(2003));
    expect(template.Resources.Role.Properties).toMatchObject({
      PermissionsBoundary: "arn:aws:iam::aws:policy/AWSDenyAll",
      ManagedPolicyArns: ["arn:aws:iam::aws:policy/AWSDenyAll"],
    });
  });
});

describe("every probe", () => {
  const PROBED = ASSUMPTIONS.filter(({ probe }) => typeof probe === "function").map(({ id }) => id);

  it("answers not_known at an AWS without the operations that it needs, quotes nothing of its answers, and leaves nothing", async () => {
    running = await scriptedAws(() => ({ error: "Not\u001b[2KBuilt", status: 400 }));
    const report = await probeAssumptions(placeOf("AIDA"), {
      say: () => {},
      hub: HUB,
      version: "0.1.0",
      waits: WAITS,
      clients: { endpoint: running.endpoint, credentials: KEYS },
    });
    const results = report.results.filter(({ answer }) => answer !== "cannot_be_probed");
    expect(results.map(({ id, answer }) => [id, answer])).toEqual(PROBED.map((id) => [id, "not_known"]));
    expect(report.left).toEqual([]);
    for (const hostile of ["CANARY", "\u001b", "\\u001b"]) expect(JSON.stringify(report)).not.toContain(hostile);
  });

  it("answers not_known, and not holds, where one right of the operator is missing", async () => {
    const lacking = (...actions: readonly string[]) =>
      RIGHTS.map((statement) => ({ ...statement, Action: statement.Action.filter((each) => !actions.includes(each)) }));
    const world = await probedWorld(
      (seen) => seen,
      lacking("events:PutEvents", "s3:PutBucketAbac", "iam:CreatePolicy"),
    );
    try {
      const results = await world.ask([
        "bus-denies-its-account",
        "bucket-tags-wait-for-abac",
        "boundary-holds-for-copies",
      ]);
      expect([...results.values()].map(({ answer }) => answer)).toEqual(["not_known", "not_known", "not_known"]);
    } finally {
      await world.close();
    }
  });
});
