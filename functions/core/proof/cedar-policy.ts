import type { Cases as KeyCases } from "./cases.ts";
import { Evaluation } from "./cedar-expression.ts";
import { fieldsOf, isSame } from "./cedar-operators.ts";
import { bool, type Value } from "./cedar-value.ts";
import type { Entity, World } from "./cedar-world.ts";
import { FALSE, type Formula } from "./diagram.ts";
import { Unreadable } from "./iam-text.ts";
import type { StatedPolicy } from "./question.ts";
import type { Unknowns } from "./unknowns.ts";

type Fields = Readonly<Record<string, unknown>>;

/**
 * Formulas of the calls by the result of a policy's conditions: true, failed because a tag is missing, failed for
 * another reason, or unclear.
 */
export interface Outcome {
  readonly holds: Formula;
  readonly missing: readonly { readonly tag: string; readonly when: Formula }[];
  readonly fails: Formula;
  readonly unclear: Formula;
}

/**
 * Evaluates the policy's conditions in this world, in their order. Each `when` must be true and each `unless` false.
 * @throws {Unreadable} where the policy's JSON has no list of conditions.
 */
export function outcomeOf({ json }: StatedPolicy, world: World, unknowns: Unknowns): Outcome {
  const { conditions } = json as { readonly conditions: readonly { readonly kind: string; readonly body: unknown }[] };
  if (!Array.isArray(conditions)) throw new Unreadable("policy");
  const body = conditions
    .map(({ kind, body }) => (kind === "when" ? body : { "!": { arg: body } }))
    .reduce<unknown>((left, right) => ({ "&&": { left, right } }), { Value: true });
  const cases = new Evaluation(world, unknowns).of(body);
  const where = (is: (value: Value) => boolean) =>
    unknowns.diagram.or(...cases.filter(({ value }) => is(value)).map(({ when }) => when));
  return {
    holds: where((value) => isSame(value, bool(true))),
    missing: cases.flatMap(({ when, value }) => (value.is === "missing" ? [{ tag: value.tag, when }] : [])),
    fails: where((value) => value.is === "error"),
    unclear: where((value) => value.is === "unclear"),
  };
}

/** Returns the formula of the calls that a permit permits. A permit whose evaluation fails permits nothing. */
export const permits = ({ holds, unclear }: Outcome, name: string, unknowns: Unknowns): Formula =>
  unknowns.diagram.or(holds, perhaps(unclear, name, unknowns));

const perhaps = (unclear: Formula, name: string, unknowns: Unknowns): Formula =>
  unclear === FALSE ? FALSE : unknowns.diagram.and(unclear, unknowns.unclear(name));

/**
 * Returns the formula of the calls for which a forbid counts. A forbid counts where it holds or fails for another
 * reason than a missing tag. A forbid that fails because a tag is missing counts where some value of the tag would make
 * it count. Otherwise removing a tag would disable a forbid.
 */
export function counts(
  { holds, missing, fails, unclear }: Outcome,
  name: string,
  unknowns: Unknowns,
  cases: KeyCases,
): Formula {
  const { diagram } = unknowns;
  const certain = diagram.or(holds, fails, perhaps(unclear, name, unknowns));
  const filled = (counted: Formula) =>
    missing.map(({ tag, when }) => diagram.and(when, cases.someThere(counted, `tag:${tag}`)));
  // Each round adds the calls with one more missing tag, until nothing changes.
  let counted = certain;
  let before: Formula;
  do {
    before = counted;
    counted = diagram.or(certain, ...filled(before));
  } while (counted !== before);
  return counted;
}

/**
 * Returns whether the head of the policy applies to the entity. A head cannot fail and reads no open value.
 * @throws {Unreadable} for an unknown operator.
 */
export const isAbout = (
  { json }: Pick<StatedPolicy, "json">,
  role: keyof Pick<World, "principal" | "action" | "resource">,
  entity: Entity,
): boolean => isNamed((json as Fields)[role], entity);

/** True where the head of the policy names no action. */
// Stryker disable next-line ArrowFunction: the answer would be the same, only later
export const isAboutAnyAction = ({ json }: Pick<StatedPolicy, "json">): boolean =>
  // Stryker disable next-line ConditionalExpression,StringLiteral: the answer would be the same, only later
  fieldsOf((json as Fields).action).op === "All";

/** Source: https://docs.cedarpolicy.com/policies/json-format.html ("principal", "action", "resource"). */
function isNamed(head: unknown, entity: Entity): boolean {
  const { op, entity: one, entities = [one], entity_type, in: within } = fieldsOf(head);
  switch (op) {
    case "All":
      return true;
    case "==":
      return isOne(one, entity);
    case "in":
      return (entities as readonly unknown[]).some(
        (each) => isOne(each, entity) || entity.parents.some((parent) => isOne(each, parent)),
      );
    case "is":
      return (
        entity.type === entity_type && (within === undefined || isNamed({ op: "in", ...(within as Fields) }, entity))
      );
    default:
      throw new Unreadable("policy");
  }
}

/** The JSON writes an entity with or without `__entity`. */
function isOne(given: unknown, { type, id }: { readonly type: string; readonly id: string }): boolean {
  const uid = ((given as Fields)?.__entity ?? given) as Fields;
  return uid.type === type && uid.id === id;
}
