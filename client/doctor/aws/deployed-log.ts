import { partitionOf } from "../../../functions/core/deployment/partition-of.ts";
import type { Config } from "../../../infra/config/schema.ts";
import { archiveBucketOf } from "../../../infra/hub-scope.ts";
import { bucketSource } from "../../audit/aws/bucket-source.ts";
import { ownCommand } from "../../own-command.ts";
import type { Finding } from "../finding.ts";
import type { OpenLog } from "../inspect-approvers.ts";
import { accessTo, callerIn, failed, settingsOf } from "./aws-access.ts";

/**
 * Opens the signed log of the deployed hub, with the credentials at hand.
 * @returns a finding of the check where they give no access to the hub's account.
 */
export async function deployedLog(config: Pick<Config, "hub" | "prefix">, check: string): Promise<OpenLog | Finding> {
  const { hub } = config;
  try {
    const place = { account: hub.account, region: hub.region, partition: partitionOf(hub.region) };
    const access = await accessTo(place, await callerIn(hub.region));
    if ("check" in access) return access;
    const bucket = archiveBucketOf(config);
    const needs = `to count who has voted: allow s3:GetObject and s3:ListBucket on ${bucket}, or give --log <folder>`;
    return {
      source: bucketSource(bucket, settingsOf(access)),
      place: `s3://${bucket}`,
      verify: `${ownCommand()} audit verify s3://${bucket}`,
      unread: (error) => failed(check, error, needs),
    };
  } catch (error) {
    return failed(check, error);
  }
}
