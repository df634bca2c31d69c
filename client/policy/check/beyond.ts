import type { Catalogue } from "../../../functions/core/catalogue/catalogue.ts";
import { ceilingPlaceOf } from "../../../functions/core/ceiling/ceiling.ts";
import { exceptionsOf } from "../../../functions/core/ceiling/exceptions.ts";
import { awsAction, namedActions } from "../../../functions/policy/clauses/heads.ts";
import { type Finding, finding } from "../../../functions/policy/read/finding.ts";
import type { KnownAccount } from "../../../functions/policy/read/known-config.ts";
import type { ReadPolicy } from "../../../functions/policy/read/parse-policies.ts";

/** Finds actions of a permit that no task may do, in any account or in the accounts of the permit. AWS would refuse such calls. */
export function beyond(
  { json, policy, source }: ReadPolicy,
  catalogue: Catalogue,
  accounts: readonly KnownAccount[],
): readonly Finding[] {
  if (policy.effect !== "permit") return [];
  const text = JSON.stringify(json);
  const named = accounts.filter(({ id }) => text.includes(id));
  const about = named.length > 0 ? named : accounts;
  return (namedActions(json) ?? []).flatMap((name) => {
    if (!awsAction(name, catalogue) || about.some((account) => hasException(name, account))) return [];
    const at = { ...source.spotOfAction(name), policy: policy.id };
    if (ceilingPlaceOf(name, {}) === "never_anywhere")
      return [finding("never_anywhere", at, `no account lets a task do ${name}, whatever policy permits`)];
    if (about.length === 0 || about.some((account) => ceilingPlaceOf(name, account) === "within")) return [];
    const which = about.length === 1 ? `the account ${about[0]?.id} lets` : `${about.length} accounts let`;
    return [finding("beyond_ceiling", at, `${which} no task do ${name}; its ceiling in valetkey.json lacks it`)];
  });
}

const hasException = (name: string, { exceptions }: KnownAccount): boolean =>
  exceptionsOf(exceptions).some(({ action }) => action === name);
