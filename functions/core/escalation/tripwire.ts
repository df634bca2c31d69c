import type { ApiUse } from "../ledger/api-use.ts";

/** Secrets Manager adds a hyphen and six characters to a secret's name in its ARN; a caller may leave them out. */
const SUFFIX = /-[A-Za-z0-9]{6}$/;

/**
 * Finds the tripwire that a call, allowed or denied, was on: any resource of the event counts, since a caller chooses which of several has the longest name.
 * A secret's ARN names its account, which must be the event's.
 * @returns the resource by the event's name; undefined where there is none.
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
