import type { Config } from "../scripts/config-schema.ts";
import type { HubScope } from "./rights.ts";

/** The one table, the two queues and the one bus of a hub. The names are fixed, so that rights can be written, and read, in full. */
export const TABLE_NAME = "valetkey";
export const QUEUE_NAME = "valetkey-revocations.fifo";
/** Credentials of connectors that are to be taken back. */
export const RELEASE_QUEUE_NAME = "valetkey-releases.fifo";
export const BUS_NAME = "valetkey";
/** Where events go that `intake` could not be given, or did not get done. */
export const UNDONE_QUEUE_NAME = "valetkey-undone-events";

/** What the rights of a deployment's functions are limited to, out of its configuration alone. */
export function hubScopeOf(config: Pick<Config, "hub" | "accounts" | "bus" | "databases">): HubScope {
  return {
    partition: partitionOf(config.hub.region),
    region: config.hub.region,
    account: config.hub.account,
    tableName: TABLE_NAME,
    queueName: QUEUE_NAME,
    releaseQueueName: RELEASE_QUEUE_NAME,
    busName: BUS_NAME,
    undoneQueueName: UNDONE_QUEUE_NAME,
    adminSecrets: [...new Set((config.databases ?? []).map(({ adminSecret }) => adminSecret))],
    publishers: config.bus?.publishers ?? [],
    targets: config.accounts.map((account) => ({ account: account.id, taskRoles: account.taskRoles })),
  };
}

/** The partition that a Region belongs to. Hub and targets share one: STS has no way across. */
export function partitionOf(region: string): string {
  if (region.startsWith("cn-")) return "aws-cn";
  if (region.startsWith("us-gov-")) return "aws-us-gov";
  return "aws";
}
