import type { ApiUse } from "../ledger/api-use.ts";

/** Secrets Manager adds a hyphen and six characters to a secret's name in its ARN; a caller may leave them out. */
const SUFFIX = /-[A-Za-z0-9]{6}$/;

/** True for a call, allowed or denied, on one of the tripwires. A secret's ARN names its account, which must be the event's. */
export const isTripped = (
  { account, resource }: Pick<ApiUse, "account" | "resource">,
  tripwires: readonly string[],
): boolean =>
  tripwires.some((tripwire) => {
    const [, , service, , owner] = tripwire.split(":");
    if (service !== "secretsmanager") return resource === tripwire;
    const names = [tripwire, tripwire.replace(SUFFIX, "")];
    return owner === account && (names.includes(resource) || names.includes(resource.replace(SUFFIX, "")));
  });
