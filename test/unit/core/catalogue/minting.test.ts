import { describe, expect, it } from "vitest";
import { groupsOf } from "../../../../functions/core/catalogue/groups-of.ts";
import { MINTING, mintingReason } from "../../../../functions/core/catalogue/minting/minting.ts";
import { globFromIam, matches } from "../../../../functions/core/text/glob.ts";
import { actionOf, everyAction } from "./load-catalogue.ts";

const EVERY = everyAction();

describe("actions that mint", () => {
  it.each(MINTING.flatMap(({ actions }) => actions))(
    "are spelled as AWS spells them: %s matches an action",
    (pattern) => {
      const glob = globFromIam(pattern);
      expect(EVERY.some(({ name }) => matches(glob, name))).toBe(true);
    },
  );

  it("are listed once", () => {
    const listed = MINTING.flatMap(({ actions }) => actions);
    expect(listed.filter((action, index) => listed.indexOf(action) !== index)).toEqual([]);
  });

  it.each(["Permissions management", "Tagging"] as const)("are all those of the level %s", (level) => {
    const ofLevel = EVERY.filter(({ levels }) => levels.includes(level));
    expect(ofLevel.length).toBeGreaterThan(400);
    expect(ofLevel.filter(({ mints }) => !mints)).toEqual([]);
  });

  it.each([
    "sts:AssumeRole",
    "sts:GetWebIdentityToken",
    "sts:GetFederationToken",
    "sts:GetServiceBearerToken",
    "s3:GetDataAccess",
    "codeartifact:GetAuthorizationToken",
    "ecr:GetAuthorizationToken",
    "ecr-public:GetAuthorizationToken",
    "kms:CreateGrant",
    "kms:PutKeyPolicy",
    "lakeformation:GetTemporaryGlueTableCredentials",
    "iam:PassRole",
    "iam:GetRole",
    "rds-db:connect",
    "redshift:GetClusterCredentialsWithIAM",
    "redshift-serverless:GetCredentials",
    "cognito-identity:GetCredentialsForIdentity",
    "eks:AccessKubernetesApi",
    "eks-auth:AssumeRoleForPodIdentity",
    "elasticmapreduce:GetClusterSessionCredentials",
    "ssm:StartSession",
    "ssm:SendCommand",
    "lambda:UpdateFunctionCode",
    "lambda:AddPermission",
    "s3:PutBucketPolicy",
    "sqs:SetQueueAttributes",
    "secretsmanager:PutResourcePolicy",
    "ec2:CreateTags",
    "aoss:TagResource",
    "organizations:MoveAccount",
    "sagemaker:CreatePresignedDomainUrl",
  ])("include %s", (name) => {
    expect(actionOf(name).mints).toBe(true);
  });

  // An attack's gains from a permit on `<service>:Write`: policies, passwords, code and copies that outlive the
  // session.
  it.each([
    ...["sqs:CreateQueue", "sns:CreateTopic", "events:CreateEventBus", "ec2:AuthorizeSecurityGroupIngress"],
    ...["codedeploy:CreateDeployment", "codecommit:GitPush", "amplify:CreateDeployment", "ecr:PutImage"],
    ...["lambda:UpdateAlias", "glue:CreateTrigger", "glue:UpdateTrigger", "cloudformation:DeleteStack"],
    ...["cloudformation:RollbackStack", "elasticache:ModifyReplicationGroup", "elasticache:ModifyUserGroup"],
    ...["docdb-elastic:UpdateCluster", "rds:CreateDBInstance", "rds:RestoreDBInstanceFromDBSnapshot"],
    ...["ds-data:CreateUser", "ds-data:AddGroupMember", "cognito-idp:UpdateUserPool"],
    ...["cognito-idp:UpdateUserPoolClient", "cognito-idp:AdminLinkProviderForUser"],
    ...["cognito-idp:AdminUpdateUserAttributes", "cognito-idp:ConfirmForgotPassword", "appsync:UpdateApiKey"],
    ...["appsync:UpdateGraphqlApi", "iot:Connect", "kafka-cluster:Connect", "s3:PutInventoryConfiguration"],
    ...["s3:PutBucketLogging", "dynamodb:EnableKinesisStreamingDestination", "lambda:PutFunctionEventInvokeConfig"],
    ...["secretsmanager:ReplicateSecretToRegions", "ecr:PutReplicationConfiguration"],
    ...["route53:ChangeResourceRecordSets", "emr-containers:StartJobRun", "bedrock-agentcore:InvokeCodeInterpreter"],
    ...["athena:StartCalculationExecution", "ses:CreateReceiptRule", "timestream-influxdb:CreateDbInstance"],
  ])("I2: include %s, which no permit on a group grants", (name) => {
    expect(actionOf(name).mints).toBe(true);
    expect(groupsOf(actionOf(name))).toEqual([]);
  });

  it.each([
    "s3:GetObject",
    "s3:PutObject",
    "dynamodb:PutItem",
    "secretsmanager:GetSecretValue",
    "kms:Decrypt",
    "lambda:InvokeFunction",
    "ec2:RunInstances",
    "acm-pca:RestoreCertificateAuthority",
    "route53globalresolver:UpdateAccessToken",
    "workspaces-web:CreateTrustStore",
  ])("do not include %s", (name) => {
    expect(actionOf(name).mints).toBe(false);
  });

  it("that were judged by name are rows of the same group", () => {
    for (const { actions, byName = [] } of MINTING)
      expect(byName.filter((each) => !actions.includes(each))).toEqual([]);
  });

  it("have a reason", () => {
    expect(mintingReason("ecr", "GetAuthorizationToken", ["Read"])).toMatch(/credentials that outlive/);
    expect(mintingReason("new-service", "PutResourcePolicy", ["Write"])).toMatch(/opens a resource/);
    expect(mintingReason("sqs", "AddPermission", ["Permissions management", "Write"])).toMatch(/who may do what/);
    expect(mintingReason("sqs", "SendMessage", ["Write"])).toBeUndefined();
  });
});

describe("the groups of an action", () => {
  it("follow its access levels", () => {
    expect(groupsOf(actionOf("s3:GetObject"))).toEqual(["s3:Read", "aws:Read"]);
    expect(groupsOf(actionOf("s3:ListBucket"))).toEqual(["s3:List", "aws:List"]);
    expect(groupsOf(actionOf("s3:PutObject"))).toEqual(["s3:Write", "aws:Write"]);
  });

  it("are those of both levels where it has two, each in a name that Cedar can hold", () => {
    const action = { ...actionOf("s3:PutBucketPolicy"), mints: false };
    expect(groupsOf(action)).toEqual([
      "s3:PermissionsManagement",
      "aws:PermissionsManagement",
      "s3:Write",
      "aws:Write",
    ]);
    expect(groupsOf({ ...actionOf("s3:PutObjectTagging"), mints: false })).toContain("s3:Tagging");
  });

  it("I2: are none for an action that mints, so that a permit on a group cannot grant it", () => {
    expect(EVERY.filter((action) => action.mints && groupsOf(action).length > 0)).toEqual([]);
    expect(EVERY.filter((action) => !action.mints && groupsOf(action).length === 0)).toEqual([]);
  });

  it("share no name with an action", () => {
    const names = new Set<string>(EVERY.map(({ name }) => name));
    expect(EVERY.flatMap(groupsOf).filter((group) => names.has(group))).toEqual([]);
  });
});
