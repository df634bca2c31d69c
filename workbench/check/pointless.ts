import type { Catalogue } from "../../functions/core/catalogue/catalogue.ts";
import { type Obligations, obligationsOf } from "../../functions/core/policy/obligations.ts";
import type { ReadPolicy } from "../../scripts/parse-policies.ts";
import { clausesOf, follows, isNever } from "./clauses.ts";
import type { Finding } from "./finding.ts";
import { headContains } from "./heads.ts";

/** Rules that another rule makes pointless, as far as their texts tell. */
export function pointless(policies: readonly ReadPolicy[], catalogue: Catalogue): readonly Finding[] {
  const enforced = policies.filter(({ policy }) => policy.annotations.mode !== "shadow");
  return enforced.flatMap((one, index) => {
    const others = enforced.filter((other, place) => place !== index && isWithin(one, other, catalogue));
    const at = { file: one.file, policy: one.policy.id };
    const forbid = others.find(({ policy }) => policy.effect === "forbid");
    // Of two that say the same, the second is the one too many.
    const twin = (other: ReadPolicy) => isWithin(other, one, catalogue) && enforced.indexOf(other) > index;
    if (one.policy.effect === "forbid")
      return forbid && !twin(forbid)
        ? [warning("redundant", at, `"${forbid.policy.id}" forbids all that it forbids; it adds nothing`)]
        : [];
    if (forbid)
      return [
        warning("shadowed", at, `"${forbid.policy.id}" forbids all that it permits; it can never grant anything`),
      ];
    return others
      .filter(({ policy }) => policy.effect === "permit")
      .flatMap((wider) => widerPermit(one, wider, twin(wider), at));
  });
}

type At = Pick<Finding, "file" | "policy">;

function widerPermit(one: ReadPolicy, wider: ReadPolicy, isFirstTwin: boolean, at: At): readonly Finding[] {
  // Only the permit with @outlives grants what mints: the other does not do its work.
  if (one.policy.annotations.outlives !== undefined && wider.policy.annotations.outlives === undefined) return [];
  const [own, others] = [obligationsOf(one.policy.annotations), obligationsOf(wider.policy.annotations)];
  const evaded = evadedBy(own, others);
  if (evaded.length > 0)
    return [
      warning(
        "obligation-evaded",
        at,
        `"${wider.policy.id}" permits all of this without ${evaded.join(", ")}, and the least demanding permit is the one that counts`,
      ),
    ];
  return isFirstTwin || evadedBy(others, own).length > 0
    ? []
    : [
        warning(
          "redundant",
          at,
          `"${wider.policy.id}" permits all that it permits, on the same terms; it adds nothing`,
        ),
      ];
}

/** The obligations of the one permit that a request escapes by the other. */
function evadedBy(own: Obligations, other: Obligations): readonly string[] {
  const most = Number.POSITIVE_INFINITY;
  return [
    ...(own.approval !== undefined && other.approval === undefined ? ["@approval"] : []),
    ...((own.maxTtlSeconds ?? most) < (other.maxTtlSeconds ?? most) ? ["@maxTtl"] : []),
    ...(own.bindIp && !other.bindIp ? ["@bindIp"] : []),
  ];
}

/** Whether the outer policy matches wherever the inner one does; false where that cannot be told. */
function isWithin(inner: ReadPolicy, outer: ReadPolicy, catalogue: Catalogue): boolean {
  if (!headContains(outer.json, inner.json, catalogue)) return false;
  const [narrow, wide] = [clausesOf(inner.json), clausesOf(outer.json)];
  if (!narrow || !wide) return false;
  // A rule that never matches is within every other; that is said of it elsewhere.
  const live = narrow.filter((clause) => !isNever(clause));
  return live.length > 0 && live.every((clause) => wide.some((other) => follows(other, clause)));
}

const warning = (code: string, at: At, message: string): Finding => ({ level: "warning", code, ...at, message });
