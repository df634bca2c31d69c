import type { Account } from "./deployment.ts";
import { partitionOf } from "./partition-of.ts";
import { type Region, regionNamed } from "./region.ts";

/** Region in which the global services of a partition report their calls to CloudTrail. */
const REPORTS_GLOBAL: Readonly<Record<ReturnType<typeof partitionOf>, Region>> = {
  aws: regionNamed("us-east-1"),
  "aws-cn": regionNamed("cn-north-1"),
  "aws-us-gov": regionNamed("us-gov-west-1"),
};

/**
 * Lists the Regions of an account whose calls are forwarded to the hub. The account's own is first, then the one of
 * global services, then its further ones.
 */
export const forwardedRegions = ({ region, regions = [] }: Pick<Account, "region" | "regions">): readonly Region[] => [
  ...new Set([region, REPORTS_GLOBAL[partitionOf(region)], ...regions]),
];
