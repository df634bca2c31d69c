/** Partition of AWS. */
type Partition = "aws" | "aws-cn" | "aws-us-gov";

/** Returns the partition of a Region. Hub and targets share one, since STS does not work across partitions. */
export const partitionOf = (region: string): Partition =>
  region.startsWith("cn-") ? "aws-cn" : region.startsWith("us-gov-") ? "aws-us-gov" : "aws";
