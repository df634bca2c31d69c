import type { Agent } from "../../core/identity/agent.ts";
import { matches } from "../../core/text/glob.ts";
import type { Fact } from "../clauses/clauses.ts";
import { pathOf } from "../clauses/subject.ts";
import { isNode, nodesIn } from "../read/policy-nodes.ts";

/** Known fields of an agent. An absent field may have any value. */
export type KnownPrincipal = Partial<Pick<Agent, "owner" | "team" | "labels">> & { readonly id?: string };

/** Decider of a fact. `yes` and `no`: the registration decides it so. `resource`: the fact is only about the resource. `open`: the request decides. */
export type Decider = "yes" | "no" | "resource" | "open";

const FIELDS = ["id", "owner", "team"] as const;

/** Finds who decides a fact of a policy's conditions. @param holds false for a fact that must not hold. */
export function deciderOf(fact: Fact, holds: boolean, who: KnownPrincipal): Decider {
  const own = ofPrincipal(fact, who);
  if (own !== undefined) return own === holds ? "yes" : "no";
  const read = varsOf(fact);
  return read.length > 0 && read.every((name) => name === "resource") ? "resource" : "open";
}

/** Decides a fact about the agent itself; undefined where the registration does not decide it. */
function ofPrincipal({ about, glob }: Fact, who: KnownPrincipal): boolean | undefined {
  const field = FIELDS.find((name) => about === `principal.${name}`);
  const value = field && who[field];
  if (value !== undefined) return matches(glob, value);
  const label = labelIn(about);
  return label === undefined || who.labels === undefined ? undefined : who.labels.includes(label);
}

/** Reads the label in `principal.labels.contains("deployer")`. */
function labelIn(about: string): string | undefined {
  const node = expressionIn(about);
  const operands = isNode(node) ? node.contains : undefined;
  if (!isNode(operands) || pathOf(operands.left) !== "principal.labels" || !isNode(operands.right)) return undefined;
  const { Value: label } = operands.right;
  return typeof label === "string" ? label : undefined;
}

/** Lists the variables of Cedar that a fact reads. */
function varsOf({ about }: Fact): readonly string[] {
  const node = expressionIn(about);
  if (node === undefined) return [about.split(".", 1).join()];
  return nodesIn(node).flatMap(({ Var }) => (typeof Var === "string" ? [Var] : []));
}

/** Expression of a fact that is about more than a path (`clausesOf` names it by its JSON); undefined for a path. */
export const expressionIn = (about: string): unknown => (about.startsWith("{") ? JSON.parse(about) : undefined);
