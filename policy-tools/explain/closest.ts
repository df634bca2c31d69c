import type { Pair } from "../../functions/core/intent/pairs.ts";
import { keeperOf } from "../../functions/core/policy/decide.ts";
import type { Requester } from "../../functions/core/policy/entities.ts";
import { obligationsOf, unkeptBy } from "../../functions/core/policy/obligations.ts";
import type { Decides } from "../bundle.ts";
import { type Holds, holdsOf, type Judged } from "./holds.ts";
import { type Part, partsOf } from "./parts.ts";

/** The permit that came closest to granting a pair, and what kept it from that. */
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
  /** What the request has of that which the part reads: `context.ttl` is 3600. */
  readonly has: Readonly<Record<string, unknown>>;
}

/** A scope that speaks of something else is further away than a condition that does not hold. */
const WEIGHT = { action: 100, principal: 40, resource: 40, condition: 1, annotation: 1 } as const satisfies Record<
  Part["kind"],
  number
>;

/** The closest miss among the permits on agents, or on people where policy was asked about a person; nothing where there is no permit at all. */
export function closestTo(pair: Pair, asker: Requester, bundle: Pick<Decides, "policies">): Closest | undefined {
  const others = asker.asks === "person" ? "Agent" : "User";
  const permits = bundle.policies.filter(
    ({ policy, json }) =>
      policy.effect === "permit" && !(json.principal.op === "is" && json.principal.entity_type === others),
  );
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
    if (permit.policy.annotations.mode === "shadow")
      missed.push(annotation('enforcement: it is only watched, @mode("shadow")'));
    if (missed.length === 0) missed.push(...unkeptIn(permit.policy.annotations, pair).map(annotation));
    const held = judged.filter(({ holds }) => holds === "yes").map(({ part }) => part.text);
    const distance = missed.reduce((sum, { kind, holds }) => sum + WEIGHT[kind] * (holds === "no" ? 1 : 0.5), 0);
    return { distance, closest: { policy: permit.policy.id, file: permit.file, missed, held } };
  });
  return ranked.toSorted((a, b) => a.distance - b.distance)[0]?.closest;
}

/** Obligations of a permit that cannot be kept for this pair, as parts that do not hold. */
const unkeptIn = (annotations: Readonly<Record<string, string>>, pair: Pair): readonly string[] =>
  unkeptBy(keeperOf(pair), obligationsOf(annotations)).map(({ annotation: name }) => {
    const value = annotations[name];
    return `@${name}${value ? `("${value}")` : ""}, which nothing here can keep for ${pair.action}`;
  });

const NOT_JUDGED: Judged = { holds: "no", has: {} };

const annotation = (part: string): Missed => ({ part, kind: "annotation", holds: "no", has: {} });
