import type { ApiUse } from "../ledger/api-use.ts";

/**
 * Suffix of a secret's name in its ARN: a hyphen and six characters. A caller may omit it, or name the secret alone,
 * whose own name may end in the same form (`prod-orders`). AWS reads an ARN with such an end as a whole one.
 * https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_GetSecretValue.html
 */
const SUFFIX = /-[A-Za-z0-9]{6}$/;

/**
 * Finds the tripwire that a call, allowed or denied, touched. Every resource of the event counts, since a caller
 * decides which of several resources has the longest name. A secret's ARN names its account, which must be the event's.
 * @returns the resource as the event names it; undefined where no tripwire was touched.
 */
export const trippedBy = (
  use: Pick<ApiUse, "account" | "resource" | "otherResources" | "namedSecrets">,
  tripwires: readonly string[],
): string | undefined =>
  [use.resource, ...(use.otherResources ?? [])].find((each) => tripwires.some((tripwire) => isOn(tripwire, each, use)));

function isOn(
  tripwire: string,
  resource: string,
  { account, namedSecrets = [] }: Pick<ApiUse, "account" | "namedSecrets">,
): boolean {
  const [, , service, , owner] = tripwire.split(":");
  if (service !== "secretsmanager") return resource === tripwire;
  const names = [tripwire, tripwire.replace(SUFFIX, "")];
  const isName = namedSecrets.includes(resource);
  return owner === account && (names.includes(resource) || (!isName && names.includes(resource.replace(SUFFIX, ""))));
}
