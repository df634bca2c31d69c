import type { ApiUse } from "../ledger/api-use.ts";

/** Suffix of a secret's name in its ARN: a hyphen and six characters, which a caller may omit. */
const SUFFIX = /-[A-Za-z0-9]{6}$/;

/**
 * Finds the tripwire that a call, allowed or denied, touched. Every resource of the event counts, since a caller
 * decides which of several resources has the longest name. A secret's ARN names its account, which must be the event's.
 * @returns the resource as the event names it; undefined where no tripwire was touched.
 */
export const trippedBy = (
  { account, resource, otherResources = [] }: Pick<ApiUse, "account" | "resource" | "otherResources">,
  tripwires: readonly string[],
): string | undefined =>
  [resource, ...otherResources].find((each) => tripwires.some((tripwire) => isOn(tripwire, each, account)));

function isOn(tripwire: string, resource: string, account: string): boolean {
  const [, , service, , owner] = tripwire.split(":");
  if (service !== "secretsmanager") return resource === tripwire;
  const names = [tripwire, tripwire.replace(SUFFIX, "")];
  return owner === account && (names.includes(resource) || names.includes(resource.replace(SUFFIX, "")));
}
