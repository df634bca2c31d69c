/** Partition of AWS. */
type Partition = "aws" | "aws-cn" | "aws-us-gov";

/**
 * Regions of IAM's control plane: a partition has one, in which alone its policies are written.
 * Source: "Resilience in AWS Identity and Access Management", AWS IAM User Guide.
 */
export const IAM_REGIONS: Readonly<Record<Partition, string>> = {
  aws: "us-east-1",
  "aws-cn": "cn-north-1",
  "aws-us-gov": "us-gov-west-1",
};

/** Returns the partition of a Region. Hub and targets share one, since STS does not work across partitions. */
export const partitionOf = (region: string): Partition =>
  region.startsWith("cn-") ? "aws-cn" : region.startsWith("us-gov-") ? "aws-us-gov" : "aws";
