import { FUNCTIONS, type FunctionName } from "../../contract/names.ts";
import { functionRoleName } from "../../functions/hub-names.ts";
import type { HubScope } from "../../infra/arns.ts";
import type { Cloud } from "../../local/cloud/start-cloud.ts";

/** Secret of the channel that notifies people of requests. */
export const CHANNEL_SECRET = "notify/ops";

export const SCOPE: HubScope = {
  partition: "aws",
  region: "us-east-1",
  account: "999900001111",
  tableName: "valetkey",
  revocationQueueName: "valetkey-revocations.fifo",
  leaseRevocationQueueName: "valetkey-lease-revocations.fifo",
  recheckQueueName: "valetkey-rechecks",
  probeQueueName: "valetkey-probes",
  deadlineQueueName: "valetkey-deadlines",
  notificationQueueName: "valetkey-notices",
  useQueueName: "valetkey-uses",
  archiveAgainQueueName: "valetkey-archive-again",
  archiveBucket: "valetkey-archive-999900001111-us-east-1",
  archiveKeyAlias: "alias/valetkey-archive",
  sessionsKeyAlias: "alias/valetkey-sessions",
  proofsKeyAlias: "alias/valetkey-proofs",
  administrators: [],
  auditors: [],
  busName: "valetkey",
  undoneQueueName: "valetkey-undone-events",
  publishers: [],
  conditionPublishers: [],
  ownSecrets: [],
  approvalSecrets: [],
  channelSecrets: [CHANNEL_SECRET],
  approvalClientSecrets: [],
  registrationTokens: [],
  targets: [{ account: "111122223333", taskRoles: 2 }],
};

export const functionOf = (principalArn: string): FunctionName | undefined =>
  FUNCTIONS.find((name) => principalArn.includes(`:assumed-role/${functionRoleName(name, {})}/`));

/** Joins the revocation policies of every task role. */
export const revocationPoliciesIn = ({ aws, targetAccount }: Cloud): string =>
  [0, 1]
    .flatMap((index) =>
      Object.values(aws.rolePolicies(`arn:aws:iam::${targetAccount}:role/valetkey-task-${index}`).inline),
    )
    .join("");
