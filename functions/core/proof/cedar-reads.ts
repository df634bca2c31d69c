import { CONTEXT, type ContextName, factsOf } from "./cedar-context.ts";
import type { Situation, StatedPolicy, StatedRequester } from "./question.ts";

/** Parts of a call and its circumstances, other than the resource, that a policy's conditions read. */
export interface Reads {
  readonly principal: boolean;
  readonly action: boolean;
  readonly context: readonly ContextName[];
}

/**
 * Returns what a policy reads. The result may list more than the policy reads where its JSON is not plain, never less.
 */
export function readsOf({ json }: Pick<StatedPolicy, "json">): Reads {
  const conditions = JSON.stringify([(json as { readonly conditions?: unknown }).conditions]);
  const count = (text: string) => conditions.split(text).length - 1;
  const attribute = (name: string) => count(`{"left":{"Var":"context"},"attr":"${name}"}`);
  const isPlain = count('{"Var":"context"}') === CONTEXT.reduce((sum, name) => sum + attribute(name), 0);
  // A literal entity of one of these types may be the call's own.
  const reads = (variable: string, ...types: readonly string[]) =>
    count(`{"Var":"${variable}"}`) + types.reduce((sum, type) => sum + count(`"type":"${type}"`), 0) > 0;
  return {
    principal: reads("principal", "Agent", "User"),
    action: reads("action", "Action"),
    context: isPlain ? CONTEXT.filter((name) => attribute(name) > 0) : CONTEXT,
  };
}

/** Joins the reads of several policies. The action is left out. */
export const joinedReads = (all: readonly Reads[]): Omit<Reads, "action"> => ({
  principal: all.some(({ principal }) => principal),
  context: CONTEXT.filter((name) => all.some(({ context }) => context.includes(name))),
});

/**
 * Returns a name for the values that a policy reads. Two calls with the same name differ for the policy in their
 * resources alone.
 */
export function nameOfRead(
  reads: Reads,
  asker: StatedRequester,
  action: string,
  situation: Pick<Situation, "atSeconds">,
): string {
  const { agent, claims, person, asks } = asker;
  const read = [
    reads.principal ? (asks === "person" && person ? [asks, person] : [agent, claims]) : 0,
    reads.action ? action : 0,
    ...reads.context.map((name) => factsOf(name, asker, situation)),
  ];
  return JSON.stringify(read);
}
