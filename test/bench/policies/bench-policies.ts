import { copyFileSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { accountId } from "../../../functions/core/deployment/account-id.ts";

const OURS = fileURLToPath(new URL("./work.cedar", import.meta.url));
const ASKING = fileURLToPath(new URL("./asking.cedar", import.meta.url));
const DEPLOYED = fileURLToPath(new URL("../../../policies/", import.meta.url));

/** Puts twenty policies and their schema into the folder: the benchmark's seventeen, and the three for operators. */
export function benchPolicies(folder: string): string {
  mkdirSync(folder, { recursive: true });
  copyFileSync(OURS, join(folder, "work.cedar"));
  for (const file of ["operators.cedar", "schema.cedarschema"]) copyFileSync(join(DEPLOYED, file), join(folder, file));
  return folder;
}

/** Adds two policies: one that permits people to approve, and one that requires an approval. */
export function benchPoliciesAsking(folder: string): string {
  copyFileSync(join(DEPLOYED, "approvers.cedar"), join(benchPolicies(folder), "approvers.cedar"));
  copyFileSync(ASKING, join(folder, "asking.cedar"));
  return folder;
}

/** Target account in the policies. */
export const ACCOUNT = accountId("111122223333");

/** Team that the policies permit to read reports. */
export const TEAM = "reports";

/** Intent of the benchmarks' vends: three pairs of action and target, without a pattern. */
export const THREE_PAIRS = [
  {
    type: "aws",
    account: ACCOUNT,
    actions: ["s3:GetObject", "s3:ListBucket", "dynamodb:Query"],
    resources: [
      "arn:aws:s3:::acme-data/reports/weekly.csv",
      "arn:aws:s3:::acme-data",
      "arn:aws:dynamodb:us-east-1:111122223333:table/orders",
    ],
  },
] as const;

/** Intent that needs an approval under the policies with approvals. */
export const PUBLISHING = [
  {
    type: "aws",
    account: ACCOUNT,
    actions: ["s3:PutObject"],
    resources: ["arn:aws:s3:::acme-data/published/weekly.csv"],
  },
] as const;
