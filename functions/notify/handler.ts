import { DynamoNotificationBoard } from "../adapters/dynamodb/approvals/dynamo-notification-board.ts";
import { sdkTable } from "../adapters/dynamodb/table/sdk-table-client.ts";
import { WATCHING_BOUNDS } from "../adapters/dynamodb/table/table-bounds.ts";
import { readDeployment } from "../adapters/files/read-deployment.ts";
import { DeploymentBundle } from "../adapters/files/shipped-files.ts";
import { HttpChannels } from "../adapters/http/http-channels.ts";
import { SecretsManager } from "../adapters/secrets-manager/secrets-manager.ts";
import { stdoutLog } from "../adapters/wiring/stdout-log.ts";
import { readEnv } from "../env.ts";
import { notify } from "./notify.ts";

const env = readEnv("notify");
const clock = { nowMs: () => Date.now() };
const deployment = readDeployment(new DeploymentBundle(env.VALETKEY_DEPLOYMENT));
const secrets = new SecretsManager(deployment);
const ports = {
  deployment,
  notificationBoard: new DynamoNotificationBoard(sdkTable(env.VALETKEY_TABLE, WATCHING_BOUNDS)),
  channels: new HttpChannels(async (name) => (await secrets.own(name)).text, clock),
  clock,
  log: stdoutLog,
};

/** Processes all inboxes at each message or event: a message only means that there is a new request. */
export const handler = () => notify(ports);
