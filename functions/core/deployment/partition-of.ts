/** Returns the partition of a Region: `aws`, `aws-cn` or `aws-us-gov`. Hub and targets share one, since STS does not work across partitions. */
export const partitionOf = (region: string): string =>
  region.startsWith("cn-") ? "aws-cn" : region.startsWith("us-gov-") ? "aws-us-gov" : "aws";
