import { describe, expect, it } from "vitest";
import { FUNCTIONS, type FunctionName } from "../../functions/names.ts";
import { resourcesOf } from "./deployed-stacks.ts";
import { DEADLINES, functionRoles, NOTICES, PROBES, SECRETS, takeFrom } from "./function-roles.ts";

// Written out, not computed: who widens a right has to widen it here too, where a reviewer sees it.
const TABLE = "arn:aws:dynamodb:eu-central-1:999900001111:table/valetkey";
const QUEUE = "arn:aws:sqs:eu-central-1:999900001111:valetkey-revocations.fifo";
const on = (Sid: string, Action: string | readonly string[], ...kinds: string[]) => ({
  Sid,
  Effect: "Allow",
  Action: typeof Action === "string" ? `dynamodb:${Action}` : Action.map((each) => `dynamodb:${each}`),
  Resource: TABLE,
  Condition: {
    "ForAllValues:StringLike": { "dynamodb:LeadingKeys": kinds },
    Null: { "dynamodb:LeadingKeys": "false" },
  },
});
const managed = { Condition: { StringEquals: { "aws:ResourceTag/valetkey:managed": "true" } } };
const LEASE_REVOCATIONS = "arn:aws:sqs:eu-central-1:999900001111:valetkey-lease-revocations.fifo";
const assumeTaskRoles = {
  Sid: "AssumeTaskRoles",
  Effect: "Allow",
  Action: ["sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity"],
  Resource: "arn:aws:iam::111122223333:role/valetkey-task-*",
};
const sendToQueues = {
  Sid: "SendToQueues",
  Effect: "Allow",
  Action: "sqs:SendMessage",
  Resource: [QUEUE, LEASE_REVOCATIONS],
};
const readAdminLogins = {
  Sid: "ReadOwnSecrets",
  Effect: "Allow",
  Action: "secretsmanager:GetSecretValue",
  Resource: `${SECRETS}:databases/orders-??????`,
};
const ARCHIVE = "arn:aws:s3:::valetkey-archive-999900001111-eu-central-1";
const WRITTEN = ["order/*", "tile/*", "facts/*", "checkpoints/*", "restored/*", "checkpoint", "verifier-key"].map(
  (key) => `${ARCHIVE}/${key}`,
);
const readStream = [
  {
    Sid: "ReadStream",
    Effect: "Allow",
    Action: ["dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator"],
    Resource: `${TABLE}/stream/*`,
  },
  { Sid: "ListStreams", Effect: "Allow", Action: "dynamodb:ListStreams", Resource: "*" },
];
const ownLog = (name: string) => ({
  Sid: "OwnLog",
  Effect: "Allow",
  Action: ["logs:CreateLogStream", "logs:PutLogEvents"],
  Resource: `arn:aws:logs:eu-central-1:999900001111:log-group:/aws/lambda/valetkey-${name}:*`,
});

const putOwn = (Sid: string, type: string) => ({
  Sid,
  Effect: "Allow",
  Action: "events:PutEvents",
  Resource: "arn:aws:events:eu-central-1:999900001111:event-bus/valetkey",
  Condition: {
    "ForAllValues:StringEquals": { "events:source": "valetkey", "events:detail-type": [type] },
    Null: { "events:source": "false", "events:detail-type": "false" },
  },
});
const EXPECTED: Record<FunctionName, unknown[]> = {
  exchange: [
    on(
      "GetItems",
      ["GetItem", "BatchGetItem"],
      "ACTIVE#*",
      "AGENT#*",
      "BINDING#*",
      "TASK#*",
      "LIVE#*",
      "REPLAY#*",
      "PANIC#*",
      "ACCOUNTHALT#*",
      "COOLDOWN#*",
      "LOAD#*",
      "SECRET#*",
      "SEAL#*",
      "APPROVAL#*",
      "VOTE#*",
      "ACT#*",
      "PERSONCUT#*",
      "CONSENT#*",
      "LIVECONSENT#*",
    ),
    on("QueryItems", "Query", "LIVE#*", "APPROVAL#*", "VOTE#*", "REFUSED#*", "ACCEPTANCE#*"),
    on(
      "PutItems",
      "PutItem",
      "TASK#*",
      "ROLE#*",
      "LIVE#*",
      "TIMER#*",
      "REVOCATION#*",
      "SECRET#*",
      "SEAL#*",
      "JOURNAL#*",
      "APPROVAL#*",
      "INBOX#*",
      "GLASS#*",
      "ENDED#*",
      "REFUSED#*",
      "PERSON#*",
      "CONSENT#*",
      "LIVECONSENT#*",
      "ACCEPTANCE#*",
      "ACT#*",
    ),
    on(
      "UpdateItems",
      "UpdateItem",
      "TASK#*",
      "PACE#exchange#*",
      "REPLAY#*",
      "REVOCATION#*",
      "SECRET#*",
      "LIVECONSENT#*",
    ),
    on("RemoveItems", "DeleteItem", "LIVE#*", "ROLE#*", "GLASS#*"),
    on("CheckItems", "ConditionCheckItem", "APPROVAL#*", "VOTE#*", "ACT#*", "REPLAY#*", "ACCOUNTHALT#*", "PERSONCUT#*"),
    assumeTaskRoles,
    {
      Sid: "HandOutSecrets",
      Effect: "Allow",
      Action: ["secretsmanager:DescribeSecret", "secretsmanager:GetSecretValue"],
      Resource: "arn:aws:secretsmanager:eu-central-1:999900001111:secret:*",
      Condition: { StringEquals: { "aws:ResourceTag/valetkey:managed": "true" } },
    },
    readAdminLogins,
    {
      Sid: "ReadKeys",
      Effect: "Allow",
      Action: "secretsmanager:GetSecretValue",
      Resource: [`${SECRETS}:valetkey/signet-??????`, `${SECRETS}:valetkey/person-tags-??????`],
    },
    putOwn("PutEscalations", "escalation.detected"),
    ownLog("exchange"),
  ],
  tasks: [
    on(
      "GetItems",
      "GetItem",
      "ACTIVE#*",
      "AGENT#*",
      "BINDING#*",
      "TASK#*",
      "LIVE#*",
      "PANIC#*",
      "SEAL#*",
      "PERSONCUT#*",
      "LIVECONSENT#*",
    ),
    on("QueryItems", "Query", "LIVE#*", "APPROVAL#*"),
    on("PutItems", "PutItem", "ROLE#*", "ENDING#*", "ENDED#*", "JOURNAL#*"),
    on("UpdateItems", "UpdateItem", "TASK#*", "PACE#tasks#*"),
    on("RemoveItems", "DeleteItem", "LIVE#*", "ROLE#*", "ENDING#*"),
    ownLog("tasks"),
  ],
  operate: [
    on(
      "GetItems",
      "GetItem",
      "ACTIVE#*",
      "REGISTRATION#*",
      "AGENT#*",
      "TASK#*",
      "LIVE#*",
      "PANIC#*",
      "SECRET#*",
      "CONSENT#*",
      "LIVECONSENT#*",
    ),
    on(
      "QueryItems",
      "Query",
      "AGENT#*",
      "ACCEPTANCE#*",
      "LIVECONSENT#*",
      "LIVE#*",
      "TASK#*",
      "ROLE#*",
      "WRITES#*",
      "ROLEJOURNAL#*",
      "REVOCATION#*",
      "SECRET#*",
      "ENDING#*",
      "JOURNAL#*",
      "AGENTJOURNAL#*",
      "APPROVAL#*",
      "USE#*",
      "ENDED#*",
      "PERSON#*",
      "ACCOUNTHALT#*",
      "ACCOUNTLIFT#*",
      "INBOX#*",
      "ESCALATION#*",
    ),
    on(
      "PutItems",
      "PutItem",
      "AGENT#*",
      "ROLE#*",
      "HALT#*",
      "ACCOUNTHALT#*",
      "ENDING#*",
      "ENDED#*",
      "JOURNAL#*",
      "AGENTJOURNAL#*",
      "SECRETJOURNAL#*",
      "PANICJOURNAL#*",
      "ACT#*",
    ),
    on("UpdateItems", "UpdateItem", "TASK#*", "PACE#operate#*", "PANIC#*", "SECRET#*", "PERSONCUT#*"),
    on("RemoveItems", "DeleteItem", "ACTIVE#*", "REGISTRATION#*", "LIVE#*", "ROLE#*", "ENDING#*", "LIVECONSENT#*"),
    on("CheckItems", "ConditionCheckItem", "REPLAY#*", "PERSONCUT#*"),
    {
      Sid: "DescribeSecrets",
      Effect: "Allow",
      Action: "secretsmanager:DescribeSecret",
      Resource: `${SECRETS}:*`,
      ...managed,
    },
    { Sid: "ListSecrets", Effect: "Allow", Action: "secretsmanager:ListSecrets", Resource: "*" },
    ownLog("operate"),
  ],
  register: [
    on("GetItems", "GetItem", "ACTIVE#*", "REGISTRATION#*", "AGENT#*", "BINDING#*", "ACCOUNTHALT#*", "ACCOUNTLIFT#*"),
    on("QueryItems", "Query", "LIVE#*", "ENDING#*"),
    on(
      "PutItems",
      "PutItem",
      "ACTIVE#*",
      "REGISTRATION#*",
      "AGENT#*",
      "ACCOUNTLIFT#*",
      "JOURNAL#*",
      "AGENTJOURNAL#*",
      "ACT#*",
    ),
    on("UpdateItems", "UpdateItem", "BINDING#*", "PACE#register#*"),
    on("RemoveItems", "DeleteItem", "HALT#*", "ACCOUNTHALT#*"),
    on("CheckItems", "ConditionCheckItem", "REPLAY#*", "PERSONCUT#*"),
    ownLog("register"),
  ],
  sweep: [
    on("GetItems", "GetItem", "ACTIVE#*", "REGISTRATION#*", "AGENT#*", "TASK#*", "TIMER#*", "PANIC#*", "SECRET#*"),
    on(
      "QueryItems",
      "Query",
      "TIMER#*",
      "AGENT#*",
      "LIVE#*",
      "TASK#*",
      "ROLE#*",
      "WRITES#*",
      "ROLEJOURNAL#*",
      "REVOCATION#*",
      "HALT#*",
      "SECRET#*",
      "ENDING#*",
      "JOURNAL#*",
      "AGENTJOURNAL#*",
      "GLASS#*",
      "HEARD#*",
      "PERSON#*",
    ),
    on(
      "PutItems",
      "PutItem",
      "AGENT#*",
      "ROLE#*",
      "TIMER#*",
      "HALT#*",
      "ENDING#*",
      "ENDED#*",
      "JOURNAL#*",
      "AGENTJOURNAL#*",
      "SECRETJOURNAL#*",
    ),
    on("UpdateItems", "UpdateItem", "TASK#*", "TIMER#*", "SECRET#*"),
    on("RemoveItems", "DeleteItem", "ACTIVE#*", "LIVE#*", "ROLE#*", "TIMER#*", "ENDING#*"),
    sendToQueues,
    ownLog("sweep"),
  ],
  intake: [
    on(
      "GetItems",
      "GetItem",
      "ACTIVE#*",
      "REGISTRATION#*",
      "AGENT#*",
      "TASK#*",
      "SUSPENSIONS#*",
      "ACCOUNTLIFT#*",
      "CONSENT#*",
    ),
    on("QueryItems", "Query", "LIVE#*", "ROLE#*", "REVOCATION#*", "ENDING#*", "PERSON#*", "LIVECONSENT#*"),
    on(
      "PutItems",
      "PutItem",
      "AGENT#*",
      "ROLE#*",
      "HALT#*",
      "ACCOUNTHALT#*",
      "ESCALATION#*",
      "ENDING#*",
      "ENDED#*",
      "JOURNAL#*",
      "AGENTJOURNAL#*",
    ),
    on("UpdateItems", "UpdateItem", "TASK#*", "SUSPENSIONS#*", "COOLDOWN#*", "PERSONCUT#*"),
    on("RemoveItems", "DeleteItem", "ACTIVE#*", "REGISTRATION#*", "LIVE#*", "ROLE#*", "ENDING#*", "LIVECONSENT#*"),
    {
      Sid: "SetAside",
      Effect: "Allow",
      Action: "sqs:SendMessage",
      Resource: "arn:aws:sqs:eu-central-1:999900001111:valetkey-undone-events",
    },
    ownLog("intake"),
  ],
  relay: [
    { ...sendToQueues, Resource: [QUEUE, LEASE_REVOCATIONS, DEADLINES, NOTICES] },
    { Sid: "AskForProbes", Effect: "Allow", Action: "sqs:SendMessage", Resource: PROBES },
    putOwn("PutOwnEvents", "task.end"),
    ...readStream,
    ownLog("relay"),
  ],
  reconcile: [
    on("GetItems", "GetItem", "PANIC#*"),
    on("QueryItems", "Query", "ROLE#*", "HALT#*", "ROLEJOURNAL#*"),
    on("PutItems", "PutItem", "ROLEJOURNAL#*"),
    on("UpdateItems", "UpdateItem", "LOAD#*"),
    takeFrom(QUEUE),
    {
      Sid: "AssumeRevokers",
      Effect: "Allow",
      Action: "sts:AssumeRole",
      Resource: "arn:aws:iam::111122223333:role/valetkey-revoker",
    },
    ownLog("reconcile"),
  ],
  "revoke-leases": [
    on("GetItems", "GetItem", "TASK#*", "REVOCATION#*"),
    on("PutItems", "PutItem", "JOURNAL#*"),
    on("UpdateItems", "UpdateItem", "TASK#*", "SECRET#*"),
    on("RemoveItems", "DeleteItem", "REVOCATION#*"),
    takeFrom([LEASE_REVOCATIONS, DEADLINES]),
    readAdminLogins,
    ownLog("revoke-leases"),
  ],
  rotate: [
    on("GetItems", "GetItem", "SECRET#*"),
    on("QueryItems", "Query", "SECRET#*"),
    on("PutItems", "PutItem", "SECRETJOURNAL#*"),
    on("UpdateItems", "UpdateItem", "SECRET#*"),
    {
      Sid: "RotateSecrets",
      Effect: "Allow",
      Action: [
        "secretsmanager:DescribeSecret",
        "secretsmanager:GetSecretValue",
        "secretsmanager:PutSecretValue",
        "secretsmanager:UpdateSecretVersionStage",
        "secretsmanager:RotateSecret",
      ],
      Resource: `${SECRETS}:*`,
      ...managed,
    },
    {
      Sid: "BeRotatedBy",
      Effect: "Allow",
      Action: "lambda:InvokeFunction",
      Resource: "arn:aws:lambda:eu-central-1:999900001111:function:valetkey-rotate",
    },
    readAdminLogins,
    {
      // Nobody else reads it: whoever has it has the client.
      Sid: "ReadRegistrationTokens",
      Effect: "Allow",
      Action: "secretsmanager:GetSecretValue",
      Resource: `${SECRETS}:clients/report-registration-??????`,
    },
    ownLog("rotate"),
  ],
  probe: [
    on("QueryItems", "Query", "ROLEJOURNAL#*"),
    on("PutItems", "PutItem", "WRITES#*"),
    takeFrom(PROBES),
    assumeTaskRoles,
    ownLog("probe"),
  ],
  notify: [
    on("GetItems", "GetItem", "APPROVAL#*", "NOTICE#*"),
    on("QueryItems", "Query", "INBOX#*"),
    on("PutItems", "PutItem", "NOTICE#*"),
    on("UpdateItems", "UpdateItem", "NOTICE#*"),
    takeFrom(NOTICES),
    ownLog("notify"),
  ],
  approve: [
    on("GetItems", "GetItem", "ACTIVE#*", "AGENT#*", "TASK#*", "VOTE#*", "NOTICE#*", "PERSONCUT#*"),
    on("QueryItems", "Query", "APPROVAL#*", "VOTE#*", "INBOX#*"),
    on("PutItems", "PutItem", "VOTE#*", "APPROVALJOURNAL#*"),
    on("UpdateItems", "UpdateItem", "PACE#approve#*"),
    on("RemoveItems", "DeleteItem", "INBOX#*"),
    on("CheckItems", "ConditionCheckItem", "APPROVAL#*", "VOTE#*"),
    ownLog("approve"),
  ],
  explain: [
    on("GetItems", "GetItem", "ACTIVE#*", "REGISTRATION#*", "AGENT#*"),
    on("PutItems", "PutItem", "READJOURNAL#*"),
    on("UpdateItems", "UpdateItem", "PACE#explain#*"),
    ownLog("explain"),
  ],
  journal: [
    on("GetItems", "GetItem", "ACTIVE#*", "REGISTRATION#*", "AGENT#*"),
    on("PutItems", "PutItem", "READJOURNAL#*"),
    on("UpdateItems", "UpdateItem", "PACE#journal#*"),
    {
      Sid: "ReadLog",
      Effect: "Allow",
      Action: "s3:GetObject",
      Resource: ["tile/*", "facts/*", "checkpoints/*", "checkpoint", "verifier-key"].map((key) => `${ARCHIVE}/${key}`),
    },
    ownLog("journal"),
  ],
  console: [ownLog("console")],
  signals: [putOwn("PutOwnEvents", "person.offboard"), ownLog("signals")],
  observe: [
    on("GetItems", "GetItem", "TASK#*", "USE#*"),
    on("PutItems", "PutItem", "SEEN#*"),
    on("UpdateItems", "UpdateItem", "USE#*", "HEARD#*"),
    takeFrom("arn:aws:sqs:eu-central-1:999900001111:valetkey-uses"),
    putOwn("PutEscalations", "escalation.detected"),
    ownLog("observe"),
  ],
  collect: [
    ...readStream,
    { Sid: "BringIn", Effect: "Allow", Action: "s3:PutObject", Resource: `${ARCHIVE}/incoming/*` },
    { Sid: "KeepProofs", Effect: "Allow", Action: "s3:PutObject", Resource: `${ARCHIVE}/proofs/*` },
    {
      Sid: "EncryptProofs",
      Effect: "Allow",
      Action: "kms:GenerateDataKey",
      Resource: "arn:aws:kms:eu-central-1:999900001111:key/*",
      Condition: {
        "ForAnyValue:StringEquals": { "kms:ResourceAliases": "alias/valetkey-proofs" },
        StringEquals: { "kms:ViaService": "s3.eu-central-1.amazonaws.com" },
      },
    },
    ownLog("collect"),
  ],
  archive: [
    takeFrom("arn:aws:sqs:eu-central-1:999900001111:valetkey-archive-again"),
    {
      Sid: "ReadArchive",
      Effect: "Allow",
      Action: "s3:GetObject",
      Resource: [`${ARCHIVE}/incoming/*`, ...WRITTEN],
    },
    { Sid: "ListArchive", Effect: "Allow", Action: "s3:ListBucket", Resource: ARCHIVE },
    {
      Sid: "WriteArchive",
      Effect: "Allow",
      Action: "s3:PutObject",
      Resource: WRITTEN,
    },
    {
      Sid: "LockArchive",
      Effect: "Allow",
      Action: "s3:PutObjectRetention",
      Resource: [`${ARCHIVE}/tile/*`, `${ARCHIVE}/facts/*`, `${ARCHIVE}/checkpoints/*`],
    },
    { Sid: "TakeIn", Effect: "Allow", Action: "s3:DeleteObject", Resource: `${ARCHIVE}/incoming/*` },
    {
      Sid: "SignCheckpoints",
      Effect: "Allow",
      Action: ["kms:Sign", "kms:GetPublicKey"],
      Resource: "arn:aws:kms:eu-central-1:999900001111:key/*",
      Condition: { "ForAnyValue:StringEquals": { "kms:ResourceAliases": "alias/valetkey-archive" } },
    },
    ownLog("archive"),
  ],
};

describe("the role of each function", () => {
  const { hub, roleOf, statements } = functionRoles();

  it.each(FUNCTIONS)("%s may do exactly what is written here, in one inline policy and nowhere else", (name) => {
    const role = roleOf(name);
    expect(role.Policies).toEqual([
      { PolicyName: "rights", PolicyDocument: { Version: "2012-10-17", Statement: EXPECTED[name] } },
    ]);
    expect(role).not.toHaveProperty("ManagedPolicyArns");
    expect(role.AssumeRolePolicyDocument).toEqual({
      Version: "2012-10-17",
      Statement: [{ Effect: "Allow", Action: "sts:AssumeRole", Principal: { Service: "lambda.amazonaws.com" } }],
    });
  });

  it("is not added to by a policy of its own, and no other role exists in the hub", () => {
    expect(resourcesOf(hub, "AWS::IAM::Policy")).toEqual([]);
    expect(resourcesOf(hub, "AWS::IAM::ManagedPolicy")).toEqual([]);
    expect(resourcesOf(hub, "AWS::IAM::Role")).toHaveLength(FUNCTIONS.length);
  });

  it("names no action by a pattern, and the resource * only to list streams and secrets, which have no resource", () => {
    for (const { statement } of statements) expect([statement.Action].flat().join()).not.toContain("*");
    const everywhere = statements.filter(({ statement }) => [statement.Resource].flat().includes("*"));
    expect(everywhere.map(({ name, statement }) => [name, statement.Action])).toEqual([
      ["operate", "secretsmanager:ListSecrets"],
      ["relay", "dynamodb:ListStreams"],
      ["collect", "dynamodb:ListStreams"],
    ]);
  });
});
