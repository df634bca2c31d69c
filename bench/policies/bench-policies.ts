import { copyFileSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const OURS = fileURLToPath(new URL("./work.cedar", import.meta.url));
const DEPLOYED = fileURLToPath(new URL("../../policies/", import.meta.url));

/** Puts twenty policies and their schema into the folder: the benchmark's seventeen, and the three for operators. */
export function benchPolicies(folder: string): string {
  mkdirSync(folder, { recursive: true });
  copyFileSync(OURS, join(folder, "work.cedar"));
  for (const file of ["operators.cedar", "schema.cedarschema"]) copyFileSync(join(DEPLOYED, file), join(folder, file));
  return folder;
}

/** The target account that the policies speak of. */
export const ACCOUNT = "111122223333";

/** The team that the policies let read reports. */
export const TEAM = "reports";

/** Three pairs of action and target, and no pattern: what the vend of the benchmarks asks for. */
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
