import type { PreparedPolicy } from "../../core/policy/prepared-policy.ts";

/** Attributes that are read; `everything` where a policy uses the record other than by an attribute's name. */
export type Reads = ReadonlySet<string> | "everything";

/** Parts of a request that policies can read, beside its action and resource. */
export interface RequestReads {
  readonly context: Reads;
  /** Attributes of the principal. The principal's tags always count as read. */
  readonly principal: Reads;
}

/**
 * Finds the parts of a request that a policy can read: `context.name`, `context has name`, and the same of the
 * principal and its tags. A part that is absent here changes neither a value, nor a residual, nor an error of the
 * policy. A policy that names an entity in its conditions, or one principal in its head, reads the whole principal. An
 * entity's name also leads to its attributes. A policy with an unknown head also reads the whole principal, since its
 * head may not match. Source: "JSON policy format", Cedar Policy Language Reference.
 */
export function requestReads({ json, scope }: Pick<PreparedPolicy, "json" | "scope">): RequestReads {
  const { conditions = json, principal = {} } = Object(json) as { conditions?: unknown; principal?: { op?: unknown } };
  const isOfMany = scope !== undefined && OF_MANY.has(principal.op);
  const namesEntity = JSON.stringify(conditions).includes('"__entity"');
  return {
    context: readsOf("context", conditions),
    principal: isOfMany && !namesEntity ? readsOf("principal", conditions) : "everything",
  };
}

/** Joins the reads of several policies. */
export const joinedReads = (all: readonly RequestReads[]): RequestReads => ({
  context: joined(all.map(({ context }) => context)),
  principal: joined(all.map(({ principal }) => principal)),
});

function joined(all: readonly Reads[]): Reads {
  const known = all.filter((reads) => reads !== "everything");
  return known.length === all.length ? new Set(known.flatMap((reads) => [...reads])) : "everything";
}

type Variable = "context" | "principal";

function readsOf(variable: Variable, conditions: unknown): Reads {
  const reads = new Set<string>();
  return collect(variable, conditions, reads) ? reads : "everything";
}

/** Adds the attributes that a node reads. @returns false where the node uses the variable as a whole. */
function collect(variable: Variable, node: unknown, reads: Set<string>): boolean {
  if (typeof node !== "object" || node === null) return true;
  if ("Var" in node && node.Var === variable) return false;
  return Object.entries(node).every(([operator, operands]: [string, unknown]) => {
    if (!isOf(variable, operands)) return collect(variable, operands, reads);
    if (TAGS.has(operator)) return collect(variable, operands.right, reads);
    const name = ATTRIBUTES.has(operator) ? nameIn(operands) : undefined;
    if (name === undefined) return collect(variable, operands, reads);
    reads.add(name);
    return true;
  });
}

/** Operators of a head that does not name one principal. */
const OF_MANY: ReadonlySet<unknown> = new Set(["All", "in", "is"]);
const ATTRIBUTES: ReadonlySet<string> = new Set([".", "has"]);
const TAGS: ReadonlySet<string> = new Set(["getTag", "hasTag"]);

/** Operands of an operator whose left one is the variable itself. */
interface Operands {
  readonly left: unknown;
  readonly right?: unknown;
  readonly attr?: unknown;
}

/** Returns the attribute that an access names; of `context has a.b`, the first. */
function nameIn({ attr }: Operands): string | undefined {
  const [name] = [attr].flat();
  return typeof name === "string" ? name : undefined;
}

const isOf = (variable: Variable, operands: unknown): operands is Operands =>
  typeof operands === "object" &&
  operands !== null &&
  "left" in operands &&
  typeof operands.left === "object" &&
  operands.left !== null &&
  "Var" in operands.left &&
  operands.left.Var === variable;
