import { type EntityUid, isSameEntity } from "../../core/entity.ts";
import type { Pair } from "../../core/intent/pairs.ts";
import { keeperOf } from "../../core/policy/decide.ts";
import { isShadow } from "../../core/policy/enforced.ts";
import { queryFor, type Requester } from "../../core/policy/entities.ts";
import { obligationsOf, unkeptBy } from "../../core/policy/obligations.ts";
import type { Decides } from "../bundle.ts";
import type { ReadPolicy } from "../read/parse-policies.ts";
import { type Holds, holdsOf, type Judged } from "./holds.ts";
import { type Part, partsOf } from "./parts.ts";

/** Permit that came closest to granting a pair, with the parts of it that did not hold. */
export interface Closest {
  readonly policy: string;
  readonly file: string;
  readonly missed: readonly Missed[];
  readonly held: readonly string[];
}

export interface Missed {
  readonly part: string;
  readonly kind: Part["kind"];
  readonly holds: Exclude<Holds, "yes">;
  /** Values of the request that the part reads: `context.ttl` is 3600. */
  readonly has: Readonly<Record<string, unknown>>;
}

/** Distances of missed parts. A head on something else is further away than a condition that does not hold. */
const WEIGHT = { action: 100, principal: 40, resource: 40, condition: 1, annotation: 1 } as const satisfies Record<
  Part["kind"],
  number
>;

/**
 * Finds the closest permit on agents, or on people where the question is about a person; undefined where there is no permit at all.
 * @param most number of permits to compare by their parts. Takes those with the closest heads, since heads weigh more than conditions.
 */
export function closestTo(
  pair: Pair,
  asker: Requester,
  bundle: Pick<Decides, "policies">,
  most = Number.POSITIVE_INFINITY,
): Closest | undefined {
  const others = asker.asks === "person" ? "Agent" : "User";
  const own = bundle.policies.filter(({ policy }) => policy.effect === "permit" && policy.scope?.principal !== others);
  const permits = own.length > most ? closestHeads(own, pair, asker).slice(0, most) : own;
  const parts = permits.map((permit) => ({ permit, parts: partsOf(permit) }));
  const results = holdsOf(
    parts.flatMap((each) => each.parts),
    pair,
    asker,
  );
  const ranked = parts.map(({ permit, parts: own }) => {
    const judged = own.map((part) => ({ part, ...(results.get(part) ?? NOT_JUDGED) }));
    const isNamed = pair.mints ? permit.policy.annotations.outlives !== undefined : true;
    const missed = judged.flatMap(({ part, holds, has }): Missed[] =>
      holds === "yes" ? [] : [{ part: part.text, kind: part.kind, holds, has }],
    );
    if (!isNamed) missed.push(annotation('@outlives("..."), without which nothing that mints is granted'));
    if (isShadow(permit.policy)) missed.push(annotation('enforcement: it is only watched, @mode("shadow")'));
    if (missed.length === 0) missed.push(...unkeptIn(permit.policy.annotations, pair).map(annotation));
    const held = judged.filter(({ holds }) => holds === "yes").map(({ part }) => part.text);
    const distance = missed.reduce((sum, { kind, holds }) => sum + WEIGHT[kind] * (holds === "no" ? 1 : 0.5), 0);
    return { distance, closest: { policy: permit.policy.id, file: permit.file, missed, held } };
  });
  return ranked.toSorted((a, b) => a.distance - b.distance)[0]?.closest;
}

/** Sorts permits by how well their heads match the pair and the requester. */
function closestHeads(permits: readonly ReadPolicy[], pair: Pair, asker: Requester): readonly ReadPolicy[] {
  const { principal, action, entities } = queryFor(pair, asker, "nothing");
  const within = (of: EntityUid): ReadonlySet<string> => {
    const parents = entities.find(({ uid }) => isSameEntity(uid, of))?.parents ?? [];
    return new Set([of, ...parents].flatMap(({ type, id }) => [id, `${type}::${id}`]));
  };
  const [actions, principals] = [within(action), within(principal)];
  const distance = ({ policy: { scope = {} } }: ReadPolicy): number =>
    (scope.actions?.some((name) => actions.has(name)) === false ? WEIGHT.action : 0) +
    (scope.within !== undefined && !principals.has(scope.within) ? WEIGHT.principal : 0);
  return permits.toSorted((a, b) => distance(a) - distance(b));
}

/** Lists the obligations of a permit that nothing can keep for this pair, as parts that do not hold. */
const unkeptIn = (annotations: Readonly<Record<string, string>>, pair: Pair): readonly string[] =>
  unkeptBy(keeperOf(pair), obligationsOf(annotations)).map(({ annotation: name }) => {
    const value = annotations[name];
    return `@${name}${value ? `("${value}")` : ""}, which nothing here can keep for ${pair.action}`;
  });

const NOT_JUDGED: Judged = { holds: "no", has: {} };

const annotation = (part: string): Missed => ({ part, kind: "annotation", holds: "no", has: {} });
