import { describe, expect, test } from "vitest";
import { agentId } from "../../../../contract/agent-id.ts";
import { accountId } from "../../../../functions/core/deployment/account-id.ts";
import { regionNamed } from "../../../../functions/core/deployment/region.ts";
import { apiUseOf } from "../../../../functions/core/ledger/api-use.ts";
import { actionOfEvent } from "../../../../functions/core/ledger/event-action.ts";
import { ledgerOf } from "../../../../functions/core/ledger/ledger-view.ts";
import { isTaskRole } from "../../../../functions/hub-names.ts";
import { spelled } from "../../../fakes/samples/spelled.ts";
import { CATALOGUE } from "../../../fakes/world/world.ts";

const detail = {
  eventID: "e1",
  eventTime: "2027-01-01T09:30:00Z",
  eventSource: "s3.amazonaws.com",
  eventName: "HeadObject",
  awsRegion: "eu-central-1",
  sourceIPAddress: "203.0.113.7",
  userIdentity: { arn: "arn:aws:sts::111122223333:assumed-role/valetkey-task-7/abcabcabcabc.", accessKeyId: "ASIA1" },
  requestParameters: { bucketName: "acme", key: "a/b" },
};
const envelope = {
  source: "aws.s3",
  account: accountId("111122223333"),
  "detail-type": "AWS API Call via CloudTrail",
  detail,
};
const read = (value: unknown) => apiUseOf(value, (role) => isTaskRole(role, {}), CATALOGUE);

describe("an event of CloudTrail", () => {
  test("is read as a use of an IAM action on a resource", () => {
    expect(read(envelope)).toEqual({
      eventId: "e1",
      account: accountId("111122223333"),
      role: "valetkey-task-7",
      session: "abcabcabcabc.",
      path: "abcabcabcabc.",
      isByService: false,
      sourceIdentity: "",
      eventName: "HeadObject",
      isReadOnly: undefined,
      accessKeyId: "ASIA1",
      action: "s3:GetObject",
      isMapped: true,
      resource: "arn:aws:s3:::acme/a/b",
      isDenied: false,
      at: Date.UTC(2027, 0, 1, 9, 30) / 1_000,
      region: regionNamed("eu-central-1"),
      sourceIp: "203.0.113.7",
    });
  });

  test.each([
    undefined,
    "",
    7,
    "EU-central-1",
    "eu-central-1 ",
    "eu-central-1\n",
    "eu\u2010central-1",
    "*",
    "aws-global",
  ])("I10: names no Region where AWS's is %j, and is read all the same", (awsRegion) => {
    const secret = { eventName: "GetSecretValue", requestParameters: { secretId: "db" } };
    expect(read({ ...envelope, detail: { ...detail, ...secret, awsRegion } })).toMatchObject({
      ...{ eventId: "e1", region: "" },
      resource: "arn:aws:secretsmanager::111122223333:secret:db",
    });
  });

  test.each([
    ["AccessDenied", true],
    ["Client.UnauthorizedOperation", true],
    ["AccessDeniedException", true],
    ["NoSuchKey", false],
    ["ThrottlingException", false],
  ])("with the error %s is denied by IAM: %s", (errorCode, isDenied) => {
    expect(read({ ...envelope, detail: { ...detail, errorCode } })).toMatchObject({ isDenied, errorCode });
  });

  const identity = (arn: string) => ({ ...envelope, detail: { ...detail, userIdentity: { arn } } });
  test.each([
    ["of another account's role", identity("arn:aws:sts::444455556666:assumed-role/valetkey-task-7/abcabcabcabc.")],
    ["of another role", identity("arn:aws:sts::111122223333:assumed-role/admin/abcabcabcabc.")],
    [
      "of a role whose name only begins so",
      identity("arn:aws:sts::111122223333:assumed-role/valetkey-task-7x/abcabcabcabc."),
    ],
    ["of a user", identity("arn:aws:iam::111122223333:user/ann")],
    ["put by somebody", { ...envelope, source: "my.app" }],
    ["of another type", { ...envelope, "detail-type": "AWS Console Sign In via CloudTrail" }],
    ["without an id", { ...envelope, detail: { ...detail, eventID: undefined } }],
    ["without a time", { ...envelope, detail: { ...detail, eventTime: "soon" } }],
    ["that is no event", "text"],
    ["that is nothing", null],
  ])("%s counts for no task", (_, value) => {
    expect(read(value)).toBeUndefined();
  });

  test("of a session without a task's name is read, and names no task", () => {
    const made = read(identity("arn:aws:sts::111122223333:assumed-role/valetkey-task-7/somebody"));
    expect(made).toMatchObject({ session: "somebody", accessKeyId: "" });
    expect(made?.path).toBeUndefined();
  });

  test("of a service that acts for a session is marked so", () => {
    const userIdentity = { ...detail.userIdentity, invokedBy: "athena.amazonaws.com" };
    expect(read({ ...envelope, detail: { ...detail, userIdentity } })).toMatchObject({ isByService: true });
  });

  test("of a session that copies itself names the copy's key", () => {
    const copying = {
      ...detail,
      eventSource: "sts.amazonaws.com",
      eventName: "GetScopedCredentials",
      responseElements: { credentials: { accessKeyId: "ASIA2", sessionToken: "t" } },
    };
    expect(read({ ...envelope, source: "aws.sts", detail: copying })?.copyKeyId).toBe("ASIA2");
    expect(read({ ...envelope, detail: { ...copying, eventSource: "s3.amazonaws.com" } })?.copyKeyId).toBeUndefined();
  });

  const written = (eventName: string, over: object = {}, id: unknown = "3sL4kqtJlcpXroDTDmJ.rmSpXd3dIbrHY") =>
    read({
      ...envelope,
      detail: { ...detail, eventName, responseElements: { "x-amz-version-id": id }, ...over },
    });
  test.each(["PutObject", "CopyObject", "PostObject", "CompleteMultipartUpload", "DeleteObject"])(
    "of %s names the version that the call has made",
    (name) => {
      expect(written(name)?.version).toBe("3sL4kqtJlcpXroDTDmJ.rmSpXd3dIbrHY");
    },
  );

  test.each([
    ["of a call that reads a version", written("GetObject")],
    ["of a call that failed", written("PutObject", { errorCode: "InternalError" })],
    ["of a call that IAM denied", written("PutObject", { errorCode: "AccessDenied" })],
    ["of another service", written("PutObject", { eventSource: "dynamodb.amazonaws.com" })],
    ["of a bucket without versions", written("PutObject", {}, "null")],
    ["without an id", written("PutObject", {}, null)],
    ["with an id that is no text", written("PutObject", {}, { $: "x" })],
    ["with an id that a shell would obey", written("PutObject", {}, "x;rm -rf ~")],
    ["with an id that a terminal would obey", written("PutObject", {}, "x\u001b[2J")],
    ["with an endless id", written("PutObject", {}, "x".repeat(65))],
    ["of a part of an upload", written("UploadPart")],
  ])("%s names no version", (_, use) => {
    expect(use).toBeDefined();
    expect(use?.version).toBeUndefined();
  });

  test("of the removal of a version for good is another action than of a delete marker, and names no version", () => {
    const requestParameters = { bucketName: "acme", key: "a/b", versionId: "v1" };
    const removed = written("DeleteObject", { requestParameters });
    expect([removed?.action, removed?.version]).toEqual(["s3:DeleteObjectVersion", undefined]);
    expect(written("DeleteObject")?.action).toBe("s3:DeleteObject");
  });

  test("of a denied call without parameters has the resource of AWS's sentence", () => {
    const errorMessage =
      "User: arn:aws:sts::1:assumed-role/r/s is not authorized to perform: secretsmanager:GetSecretValue on resource: arn:aws:secretsmanager:eu-central-1:111122223333:secret:tripwire because no session policy allows the secretsmanager:GetSecretValue action";
    const denied = { ...detail, requestParameters: null, errorCode: "AccessDenied", errorMessage };
    expect(read({ ...envelope, detail: denied })?.resource).toBe(
      "arn:aws:secretsmanager:eu-central-1:111122223333:secret:tripwire",
    );
  });

  const SECRET = "arn:aws:secretsmanager:eu-central-1:111122223333:secret:do-not-touch-AbCdEf";
  const REFUSED = "User: arn is not authorized to perform: s3:PutObject";
  test.each([
    ["an object's name", `${REFUSED} on resource: "arn:aws:s3:::acme/x on resource: ${SECRET}"`],
    ["the rest of a name", `${REFUSED} on resource: "arn:aws:s3:::acme/tripwire x"`],
    ["a quote in a name", `${REFUSED} on resource: "arn:aws:s3:::acme/tripwire"x"`],
    ["another sentence", `The alarm x on resource: ${SECRET} is missing`],
    ["a sentence after others", `x ${REFUSED} on resource: ${SECRET}`],
  ])("of a denied call reads no resource out of %s", (_, errorMessage) => {
    const denied = { ...detail, requestParameters: null, errorCode: "AccessDenied", errorMessage };
    expect(read({ ...envelope, detail: denied })?.resource).toBe("*");
  });

  const OTHER = `arn:aws:s3:::other/${"x".repeat(300)}`;
  test.each([
    [
      "an object",
      {
        resources: [{ ARN: "arn:aws:s3:::acme/tripwire" }, { ARN: "arn:aws:s3:::acme" }],
        requestParameters: { bucketName: "acme", key: "tripwire", "response-content-disposition": OTHER },
      },
      "arn:aws:s3:::acme/tripwire",
    ],
    [
      "an object that AWS lists nowhere",
      { requestParameters: { bucketName: "acme", key: "tripwire", "response-content-type": OTHER } },
      "arn:aws:s3:::acme/tripwire",
    ],
    ["a secret", { requestParameters: { secretId: SECRET, versionStage: OTHER } }, SECRET],
    [
      "a denied call",
      {
        requestParameters: { description: OTHER },
        errorCode: "AccessDenied",
        errorMessage: `User: arn is not authorized to perform: kms:Decrypt on resource: ${SECRET} because no session policy allows the kms:Decrypt action`,
      },
      SECRET,
    ],
  ])(
    "on %s is on the resource that AWS decided on, whatever longer ARN its caller writes beside it",
    (_, event, arn) => {
      expect(read({ ...envelope, detail: { ...detail, ...event } })?.resource).toBe(arn);
    },
  );

  test("whose text is cut in the middle of a character is text that every store takes", () => {
    const key = `${"k".repeat(493)}\u{1f600}`;
    const made = read({ ...envelope, detail: { ...detail, requestParameters: { bucketName: "acme", key } } });
    const named = read({ ...envelope, detail: { ...detail, sourceIPAddress: `${"x".repeat(511)}\u{1f600}` } });
    expect([made?.resource.isWellFormed(), named?.sourceIp.isWellFormed()]).toEqual([true, true]);
  });

  test.each([
    ["s3", "ListObjectsV2", "s3:ListBucket"],
    ["s3", "CompleteMultipartUpload", "s3:PutObject"],
    ["lambda", "Invoke", "lambda:InvokeFunction"],
    ["lambda", "ListFunctions20150331", "lambda:ListFunctions"],
    ["lambda", "UpdateFunctionCode20150331v2", "lambda:UpdateFunctionCode"],
    ["cloudfront", "GetDistribution2020_05_31", "cloudfront:GetDistribution"],
    ["monitoring", "GetMetricData", "cloudwatch:GetMetricData"],
    ["dynamodb", "GetItem", "dynamodb:GetItem"],
    ["ec2", "DescribeInstances", "ec2:DescribeInstances"],
    ["sqs", "SendMessageBatch", "sqs:SendMessage"],
    ["sqs", "DeleteMessageBatch", "sqs:DeleteMessage"],
    ["sqs", "ChangeMessageVisibilityBatch", "sqs:ChangeMessageVisibility"],
    ["sns", "PublishBatch", "sns:Publish"],
    ["dynamodb", "TransactGetItems", "dynamodb:GetItem"],
    ["s3", "SelectObjectContent", "s3:GetObject"],
    ["s3", "PostObject", "s3:PutObject"],
    ["bedrock", "Converse", "bedrock:InvokeModel"],
    ["bedrock", "ConverseStream", "bedrock:InvokeModelWithResponseStream"],
  ])("%s %s is %s", (service, name, action) => {
    expect(actionOfEvent(`${service}.amazonaws.com`, name, CATALOGUE)).toBe(action);
  });

  test("whose name IAM does not know is shown as it is, and never dropped", () => {
    const made = read({
      ...envelope,
      detail: { ...detail, eventName: "MadeUp", resources: [{ ARN: "arn:aws:s3:::acme" }] },
    });
    expect(made).toMatchObject({ action: "s3.amazonaws.com:MadeUp", isMapped: false, resource: "arn:aws:s3:::acme" });
  });

  test("with texts of any length is recorded with 512 characters of each", () => {
    const long = "x".repeat(5_000);
    const made = read({
      ...envelope,
      detail: { ...detail, sourceIPAddress: long, requestParameters: { bucketName: long } },
    });
    expect([made?.sourceIp.length, made?.resource.length]).toEqual([512, 512]);
  });
});

describe("ledger of a task", () => {
  const NOTHING = { dataEvents: [], regions: [] };
  const use = {
    isMapped: true,
    used: 2,
    denied: 0,
    first: 1,
    last: 2,
    region: regionNamed("eu-central-1"),
    sourceIp: "203.0.113.7",
  };
  const details = [
    {
      type: "aws",
      account: accountId("111122223333"),
      actions: spelled("s3:GetObject", "s3:PutObject"),
      resources: ["arn:aws:s3:::acme/*"],
    },
    { type: "tool", server: agentId("tickets"), tools: ["search"] },
  ] as const;

  test("joins grants and uses: each use a row, each grant without a use a row", () => {
    const rows = ledgerOf(details, [], [{ ...use, action: "s3:GetObject", resource: "arn:aws:s3:::acme/a" }], () => ({
      dataEvents: ["s3"],
      regions: [regionNamed("eu-central-1")],
    }));
    expect(
      rows.map(({ action, resource, granted, used, visibility }) => [action, resource, granted, used, visibility]),
    ).toEqual([
      ["s3:GetObject", "arn:aws:s3:::acme/a", true, 2, "data_event_selected"],
      ["s3:PutObject", "arn:aws:s3:::acme/*", true, 0, "data_event_selected"],
    ]);
  });

  test("marks as invisible what nobody can see", () => {
    expect(ledgerOf(details, [], [], () => NOTHING).map(({ visibility }) => visibility)).toEqual([
      "data_event_not_selected",
      "data_event_not_selected",
    ]);
  });

  test("counts the request for a version of an object as the use of the grant for versions, which CloudTrail names otherwise", () => {
    const [detail] = details;
    const versions = { ...detail, actions: spelled("s3:GetObjectVersion", "s3:DeleteObjectVersion") };
    const read = { ...use, action: "s3:GetObject", resource: "arn:aws:s3:::acme/a" };
    const rows = ledgerOf([versions], [], [read], () => NOTHING);
    expect(rows.map(({ action, granted, used }) => [action, granted, used])).toEqual([
      ["s3:DeleteObjectVersion", true, 0],
      ["s3:GetObject", true, 2],
    ]);
  });

  test("marks an action without an event of its own as never logged, and so never unused", () => {
    const detail = { ...details[0], actions: spelled("s3:BypassGovernanceRetention") };
    const seen = { dataEvents: ["s3"], regions: [regionNamed("eu-central-1")] };
    expect(ledgerOf([detail], [], [], () => seen)).toMatchObject([{ used: 0, visibility: "never_logged" }]);
  });

  test.each([
    ["in a Region with a rule", "arn:aws:sqs:eu-central-1:111122223333:q", [regionNamed("eu-central-1")], "management"],
    [
      "in a Region without one",
      "arn:aws:sqs:eu-west-1:111122223333:q",
      [regionNamed("eu-central-1")],
      "region_not_forwarded",
    ],
    ["in an account that has left", "arn:aws:sqs:eu-central-1:111122223333:q", [], "region_not_forwarded"],
    ["without a Region in its ARN", "*", [regionNamed("eu-central-1")], "management"],
  ])("names for a grant %s who sees its use", (_, resource, regions, visibility) => {
    const detail = {
      type: "aws",
      account: accountId("111122223333"),
      actions: spelled("sqs:GetQueueAttributes"),
      resources: [resource],
    } as const;
    const [row, ...more] = ledgerOf([detail], [], [], () => ({ dataEvents: [], regions }));
    expect([row?.visibility, row?.used, more]).toEqual([visibility, 0, []]);
  });

  test("shows the use of a Region whose rule is gone as what it is: seen", () => {
    const resource = "arn:aws:sqs:eu-west-1:111122223333:q";
    const detail = {
      type: "aws",
      account: accountId("111122223333"),
      actions: spelled("sqs:GetQueueAttributes"),
      resources: [resource],
    } as const;
    const visible = { ...use, region: regionNamed("eu-west-1"), action: "sqs:GetQueueAttributes", resource };
    expect(ledgerOf([detail], [], [visible], () => NOTHING)[0]).toMatchObject({ used: 2, visibility: "management" });
  });

  test("shows what was tried beyond the grant", () => {
    const [row] = ledgerOf(
      details,
      [],
      [{ ...use, used: 0, denied: 1, action: "iam:CreateUser", resource: "*" }],
      () => NOTHING,
    );
    expect(row).toMatchObject({ action: "iam:CreateUser", granted: false, denied: 1, visibility: "management" });
    expect(row?.asked).toBe(false);
  });

  test("shows what was requested and not granted, with the calls that were tried all the same", () => {
    const ungranted = [
      ...spelled("iam:CreateUser").map((action) => ({ action, resource: "*" })),
      ...spelled("s3:PutObject").map((action) => ({ action, resource: "arn:aws:s3:::payroll/*" })),
    ];
    const tried = { ...use, used: 0, denied: 1, action: "s3:PutObject", resource: "arn:aws:s3:::payroll/a" };
    const rows = ledgerOf([], ungranted, [tried], () => NOTHING);
    expect(
      rows.map(({ action, resource, asked, granted, denied }) => [action, resource, asked, granted, denied]),
    ).toEqual([
      ["iam:CreateUser", "*", true, false, 0],
      ["s3:PutObject", "arn:aws:s3:::payroll/a", true, false, 1],
    ]);
  });
});
