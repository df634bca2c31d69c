import type { Catalogue } from "../../../functions/core/catalogue/catalogue.ts";
import { isEnforced } from "../../../functions/core/policy/enforced.ts";
import { labelsIn } from "../../../functions/core/policy/labels.ts";
import { obligationsOf, stricterThan, unkeptBy } from "../../../functions/core/policy/obligations.ts";
import { clausesOf, follows, isNever } from "../../../functions/policy/clauses/clauses.ts";
import { ANYTHING, headContains, namedActions } from "../../../functions/policy/clauses/heads.ts";
import { type Finding, finding } from "../../../functions/policy/read/finding.ts";
import { keeperOfAction } from "../../../functions/policy/read/keeper-of-action.ts";
import type { ReadPolicy } from "../../../functions/policy/read/parse-policies.ts";

/** Finds rules that another rule makes pointless, as far as their texts show. */
export function pointless(policies: readonly ReadPolicy[], catalogue: Catalogue): readonly Finding[] {
  const enforced = policies.filter(({ policy }) => isEnforced(policy));
  const forbids = enforced.filter(({ policy }) => policy.effect === "forbid");
  return enforced.flatMap((one, index) => {
    const at = spotOf(one);
    // Only the second of two equal rules is redundant.
    const twin = (other: ReadPolicy) => isWithin(other, one, catalogue) && enforced.indexOf(other) > index;
    const within = (others: readonly ReadPolicy[]) =>
      others.filter((other) => other !== one && isWithin(one, other, catalogue));
    if (one.policy.effect === "forbid") {
      const [forbid] = within(forbids);
      return forbid && !twin(forbid)
        ? [finding("redundant", at, `"${forbid.policy.id}" forbids all that it forbids; it adds nothing`)]
        : [];
    }
    const shadows = shadowsOver(one, forbids, catalogue);
    if (shadows.some(({ code }) => code === "shadowed")) return shadows;
    const wider = within(enforced).filter(({ policy }) => policy.effect === "permit");
    return [...shadows, ...wider.flatMap((other) => widerPermit(one, other, twin(other), at))];
  });
}

/** Finds the part of a permit that forbids remove for every request: the whole permit, or some of its named actions. */
function shadowsOver(one: ReadPolicy, forbids: readonly ReadPolicy[], catalogue: Catalogue): readonly Finding[] {
  const whole = forbids.find((forbid) => isWithin(one, forbid, catalogue));
  if (whole)
    return [
      finding("shadowed", spotOf(one), `"${whole.policy.id}" forbids all that it permits; it can never grant anything`),
    ];
  const names = namedActions(one.json) ?? [];
  const removed = names.flatMap((name) => {
    const alone = {
      ...one,
      json: { ...one.json, action: { op: "==", entity: { type: "Action", id: name } } as const },
    };
    const by = forbids.find((forbid) => isWithin(alone, forbid, catalogue));
    return by ? [{ name, by: by.policy.id }] : [];
  });
  if (removed.length === 0) return [];
  if (removed.length === names.length) {
    const ids = [...new Set(removed.map(({ by }) => `"${by}"`))].join(" and ");
    return [finding("shadowed", spotOf(one), `${ids} forbid all that it permits; it can never grant anything`)];
  }
  return removed.map(({ name, by }) => {
    const at = { ...one.source.spotOfAction(name), policy: one.policy.id };
    return finding("shadowed_in_part", at, `"${by}" forbids ${name} wherever this permits it`);
  });
}

type At = ReturnType<typeof spotOf>;
const spotOf = ({ source, policy }: ReadPolicy) => ({ ...source.spot(), policy: policy.id });

function widerPermit(one: ReadPolicy, wider: ReadPolicy, isFirstTwin: boolean, at: At): readonly Finding[] {
  // Only a permit with @outlives grants actions that mint, so a wider permit without it does not replace this one.
  if (one.policy.annotations.outlives !== undefined && wider.policy.annotations.outlives === undefined) return [];
  const [own, others] = [obligationsOf(one.policy.annotations), obligationsOf(wider.policy.annotations)];
  const evaded = stricterThan(own, others).map(
    ({ annotation, eases }) => `${eases ? "with" : "without"} @${annotation}`,
  );
  if (evaded.length > 0 && grantsNothingOf(one, wider)) return [];
  if (evaded.length > 0)
    return [
      finding(
        "obligation_evaded",
        at,
        `"${wider.policy.id}" permits all of this ${evaded.join(", ")}, and the least demanding permit is the one that counts`,
      ),
    ];
  const labels = labelsIn(wider.policy.annotations);
  const isLabelled = labelsIn(one.policy.annotations).some((label) => !labels.includes(label));
  return isFirstTwin || isLabelled || stricterThan(others, own).length > 0
    ? []
    : [
        finding(
          "redundant",
          at,
          `"${wider.policy.id}" permits all that it permits, on the same terms; it adds nothing`,
        ),
      ];
}

/** True where no action of `one` can keep the obligations of the wider permit. The wider permit then grants none of them, and evades nothing. */
function grantsNothingOf(one: ReadPolicy, wider: ReadPolicy): boolean {
  const obligations = obligationsOf(wider.policy.annotations);
  const actions = namedActions(one.json) ?? [ANYTHING];
  return actions.every((action) => unkeptBy(keeperOfAction(action), obligations).length > 0);
}

/** True where the outer policy matches wherever the inner one does; false where that is unclear. */
export function isWithin(inner: ReadPolicy, outer: ReadPolicy, catalogue: Catalogue): boolean {
  if (!headContains(outer.json, inner.json, catalogue)) return false;
  const [narrow, wide] = [clausesOf(inner.json), clausesOf(outer.json)];
  if (!narrow || !wide) return false;
  // A rule that never matches would be within every other. `unreachable` reports such a rule.
  const live = narrow.filter((clause) => !isNever(clause));
  return live.length > 0 && live.every((clause) => wide.some((other) => follows(other, clause)));
}
