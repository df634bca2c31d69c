import type { Catalogue } from "../../core/catalogue/catalogue.ts";
import type { Glob } from "../../core/text/glob.ts";
import { type Finding, finding } from "../read/finding.ts";
import type { ReadPolicy } from "../read/parse-policies.ts";
import type { Fact } from "./clauses.ts";
import { namedActions } from "./heads.ts";
import { isUnbounded } from "./wide.ts";

/**
 * Finds a permit that names no account, where accounts come from organisational units. Every account that joins a unit would get its grants without a
 * review, so the permit is an error and cannot be deployed (docs/organizations.md).
 */
export function anyAccount({ json, policy, source }: ReadPolicy, catalogue: Catalogue): readonly Finding[] {
  if (policy.effect !== "permit" || (json.principal.op === "is" && json.principal.entity_type === "User")) return [];
  if (!isUnbounded(json, namedActions(json), catalogue, namesAccount)) return [];
  return [
    finding(
      "any_account",
      { ...source.spot(), policy: policy.id },
      'it holds in every account, and so in each that joins a unit: name accounts, as in resource.account == "111122223333"',
    ),
  ];
}

/** True for a condition on the account, or on an ARN that has one in full. */
const namesAccount = ({ about, glob }: Fact): boolean =>
  /resource\.account/.test(about) ? isNamed(glob) : /resource\.arn/.test(about) && OF_AN_ACCOUNT.test(headOf(glob));

/** True for a value without a gap: `like "*"` names none. */
const isNamed = (glob: Glob): boolean => glob.every((token) => token !== "any");

/** Text before the first gap. */
const headOf = (glob: Glob): string => {
  const gap = glob.indexOf("any");
  return glob
    .slice(0, gap === -1 ? undefined : gap)
    .reduce((text, token) => (token === "any" ? text : text + token.literal), "");
};

const OF_AN_ACCOUNT = /^arn:[^:]+:[^:]+:[^:]*:\d{12}:/;
