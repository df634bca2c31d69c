import { forwardedRegions } from "../../functions/core/deployment/forwarded-regions.ts";
import { partitionOf } from "../../functions/core/deployment/partition-of.ts";
import type { Config } from "./schema.ts";

/** Lists faults of an account's further Regions: with a forwarding rule anyway, listed twice, or in another partition. */
export function regionFaults(
  { id, region, regions = [] }: Config["accounts"][number],
  partition: string,
): readonly string[] {
  const always = forwardedRegions({ region });
  return regions.flatMap((further, index) => {
    const place = `accounts: ${id} has ${further} in its regions`;
    if (partitionOf(further) !== partition) return [`${place}, which is not in the hub's partition, ${partition}`];
    if (always.includes(further)) return [`${place}, whose calls are forwarded anyway; take it out`];
    return regions.indexOf(further) < index ? [`${place} twice`] : [];
  });
}
