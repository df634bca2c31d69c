import { randomBytes } from "node:crypto";
import type { FunctionName } from "../../contract/names.ts";
import type { Account } from "../../functions/core/deployment/deployment.ts";
import { type HeldActions, heldIn } from "../../functions/core/deployment/held-in.ts";
import { functionRoleName, revokerRole, taskRoleName } from "../../functions/hub-names.ts";
import { HELD_TAG, TABLE_KEYS } from "../../functions/names.ts";
import { anchorPolicy } from "../../infra/anchor-policy.ts";
import { archiveKeyPolicy } from "../../infra/archive-key-policy.ts";
import { functionsOf, type HubScope } from "../../infra/arns.ts";
import { busPolicy } from "../../infra/bus-rights.ts";
import type { BuiltDeployment } from "../../infra/config/build-deployment.ts";
import {
  archiveWritersPolicy,
  generatedSecretPolicy,
  generatedSecrets,
  queuePolicy,
  tablePolicy,
} from "../../infra/foreign-principals.ts";
import { hubScopeOf, ownSecretArnsIn, REVOCATION_HIDDEN_SECONDS } from "../../infra/hub-scope.ts";
import { archiveBucketPolicy, proofsKeyPolicy } from "../../infra/proofs-policies.ts";
import { rightsOf } from "../../infra/rights.ts";
import { sessionsKeyPolicy } from "../../infra/sessions-key-policy.ts";
import type { Statement } from "../../infra/statement.ts";
import {
  ceiling,
  ceilingArn,
  ceilingPolicy,
  heldDenies,
  heldPolicyName,
  revokerRights,
  revokerTrust,
  taskRoleTrust,
} from "../../infra/target-rights.ts";
import type { EmbeddedAws } from "../emulator/embedded-aws.ts";
import type { PolicyDocument } from "../emulator/policy-document.ts";

/**
 * Sets up the accounts of `cdk deploy` in the embedded AWS: the same roles with the same rights, from the same source.
 * @returns the queues' URLs, the key of proofs, and the scope that names the rights' resources.
 */
export async function setUpAccounts(
  aws: EmbeddedAws,
  built: BuiltDeployment,
): Promise<{
  readonly scope: HubScope;
  readonly revocationQueueUrl: string;
  readonly leaseRevocationQueueUrl: string;
  readonly rechecksUrl: string;
  readonly probesUrl: string;
  readonly deadlinesUrl: string;
  readonly notificationsUrl: string;
  readonly usesUrl: string;
  readonly proofsKeyArn: string;
}> {
  const scope = hubScopeOf(built.config);
  const hub = aws.admin(scope.account);
  for (const name of functionsOf(scope)) {
    await hub.createRole({
      name: functionRoleName(name, scope),
      trust: document([
        { Effect: "Allow", Principal: { Service: "lambda.amazonaws.com" }, Action: ["sts:AssumeRole"] },
      ]),
      permissions: { rights: functionRights(name, scope) },
    });
  }
  await hub.createTable(
    {
      TableName: scope.tableName,
      AttributeDefinitions: [TABLE_KEYS.partition, TABLE_KEYS.sort].map((AttributeName) => ({
        AttributeName,
        AttributeType: "S",
      })),
      KeySchema: [
        { AttributeName: TABLE_KEYS.partition, KeyType: "HASH" },
        { AttributeName: TABLE_KEYS.sort, KeyType: "RANGE" },
      ],
      BillingMode: "PAY_PER_REQUEST",
    },
    { policy: document(tablePolicy(scope)) },
  );
  for (const name of generatedSecrets(scope))
    hub.createSecret({
      name,
      value: randomBytes(48).toString("base64url"),
      policy: document(generatedSecretPolicy(name, scope)),
    });
  const createQueue = (name: string, more: { readonly visibilityTimeoutSeconds?: number } = {}) =>
    hub.createQueue({ name, ...more, policy: document(queuePolicy(name, scope)) });
  hub.createEncryptionKey(scope.sessionsKeyAlias, document(sessionsKeyPolicy(scope)));
  const proofsKey = hub.createEncryptionKey(scope.proofsKeyAlias, document(proofsKeyPolicy(scope)));
  hub.putBucket(scope.archiveBucket, {
    policy: document([...archiveBucketPolicy(scope, proofsKey.arn), ...archiveWritersPolicy(scope)]),
  });
  if (scope.anchor)
    aws
      .admin(scope.anchor.account)
      .putBucket(scope.anchor.bucket, { policy: document(anchorPolicy(scope.anchor, scope)) });
  hub.createSigningKey(scope.archiveKeyAlias, document(archiveKeyPolicy(scope)));
  hub.createBus({ name: scope.busName, policy: document(busPolicy(scope)) });
  for (const target of scope.targets) {
    const limits = built.config.accounts.find(({ id }) => id === target.account) ?? {};
    await setUpTarget(aws, scope, target, { ...limits, held: heldIn(built.deployment, target.account) });
  }
  return {
    scope,
    revocationQueueUrl: createQueue(scope.revocationQueueName, { visibilityTimeoutSeconds: REVOCATION_HIDDEN_SECONDS }),
    leaseRevocationQueueUrl: createQueue(scope.leaseRevocationQueueName),
    rechecksUrl: createQueue(scope.recheckQueueName),
    probesUrl: createQueue(scope.probeQueueName),
    deadlinesUrl: createQueue(scope.deadlineQueueName),
    proofsKeyArn: proofsKey.arn,
    usesUrl: createQueue(scope.useQueueName),
    notificationsUrl: createQueue(scope.notificationQueueName),
  };
}

/** Rights of a function's role. */
export const functionRights = (name: FunctionName, scope: HubScope): PolicyDocument => document(rightsOf(name, scope));

async function setUpTarget(
  aws: EmbeddedAws,
  scope: HubScope,
  target: HubScope["targets"][number],
  limits: Pick<Account, "ceiling" | "exceptions"> & { readonly held: HeldActions | undefined },
): Promise<void> {
  const account = aws.admin(target.account);
  const { allow, deny } = ceiling(
    scope.partition,
    limits.ceiling,
    ownSecretArnsIn(target.account, scope),
    limits.exceptions,
  );
  const most = document([...allow, ...deny]);
  const { held } = limits;
  const denies = held
    ? heldDenies(held).map((deny, index) => [heldPolicyName(held, index, scope), document([deny])])
    : [];
  for (let index = 0; index < target.taskRoles; index += 1) {
    await account.createRole({
      name: taskRoleName(index, scope),
      trust: document(taskRoleTrust(scope)),
      permissions: { [ceilingPolicy(scope)]: most, ...Object.fromEntries(denies) },
      ...(held ? { tags: { [HELD_TAG]: held.mark } } : {}),
      boundary: most,
      boundaryArn: ceilingArn(target.account, scope),
    });
  }
  await account.createRole({
    name: revokerRole(scope),
    trust: document(revokerTrust(scope)),
    inline: { rights: document(revokerRights(target.account, scope)) },
  });
}

type AnyStatement = Omit<Statement, "Resource" | "Action" | "Effect"> & {
  readonly Effect: string;
  readonly Action?: readonly string[];
  readonly NotAction?: readonly string[];
  readonly Resource?: readonly string[];
  readonly NotResource?: readonly string[];
  readonly Principal?: unknown;
};

const document = (statements: readonly AnyStatement[]): PolicyDocument =>
  ({ Version: "2012-10-17", Statement: statements }) as PolicyDocument;
