import { FENCE_SECONDS } from "../../contract/limits.ts";
import { IAM_REGIONS, partitionOf } from "../../functions/core/deployment/partition-of.ts";
import type { Config } from "../../infra/config/schema.ts";
import { type Finding, ok } from "./finding.ts";

/** Reports the Region on whose IAM each ending depends, and what bounds a key while that IAM cannot be written. */
export function inspectIam({ hub, accounts }: Pick<Config, "hub" | "accounts">): Finding {
  const partition = partitionOf(hub.region);
  const shortened = accounts.filter(({ fence }) => fence !== undefined);
  const fences = [
    ...shortened.map(({ id, fence }) => `${fence} in ${id}`),
    ...(shortened.length < accounts.length ? [`${FENCE_SECONDS / 60}m`] : []),
  ];
  return ok(
    "iam",
    `endings are written to IAM of the partition ${partition}, in ${IAM_REGIONS[partition]} alone; while it cannot be written, a fence ends each key: ${fences.join(", ")}`,
  );
}
