import type { Asked, Situation, StatedPolicy } from "./question.ts";

/** Attributes of Cedar's context. Source: `policies/schema.cedarschema`. */
const CONTEXT = ["purpose", "ttl", "delegation", "time", "sourceIp", "onBehalfOf", "actor"] as const;
type Attribute = (typeof CONTEXT)[number];

/** Parts of a call and its circumstances that the conditions of a policy read, beside the resource. */
export interface Reads {
  readonly principal: boolean;
  readonly action: boolean;
  readonly context: readonly Attribute[];
}

/** Lists what a policy reads: more than it does where that is not plain, never less. */
export function readsOf({ json }: Pick<StatedPolicy, "json">): Reads {
  const conditions = JSON.stringify([(json as { readonly conditions?: unknown }).conditions]);
  const count = (text: string) => conditions.split(text).length - 1;
  const attribute = (name: string) => count(`{"left":{"Var":"context"},"attr":"${name}"}`);
  const isPlain = count('{"Var":"context"}') === CONTEXT.reduce((sum, name) => sum + attribute(name), 0);
  // An entity that is written out may be the call's own.
  const reads = (variable: string, ...types: readonly string[]) =>
    count(`{"Var":"${variable}"}`) + types.reduce((sum, type) => sum + count(`"type":"${type}"`), 0) > 0;
  return {
    principal: reads("principal", "Agent", "User"),
    action: reads("action", "Action"),
    context: isPlain ? CONTEXT.filter((name) => attribute(name) > 0) : CONTEXT,
  };
}

/** Joins what some policies read of the requester and the circumstances. */
export const joinedReads = (all: readonly Reads[]): Omit<Reads, "action"> => ({
  principal: all.some(({ principal }) => principal),
  context: CONTEXT.filter((name) => all.some(({ context }) => context.includes(name))),
});

/** Makes a name for the values of what is read: two calls of one name are the same to the policy, but for their resources. */
export function nameOfRead(
  reads: Reads,
  asker: Asked,
  action: string,
  { atSeconds }: Pick<Situation, "atSeconds">,
): string {
  const { purpose, ttlSeconds, chain, sourceIp, agent, claims, person, asks } = asker;
  const at = new Date(atSeconds * 1_000);
  const context: Readonly<Record<Attribute, unknown>> = {
    ...{ purpose, ttl: ttlSeconds, delegation: chain, sourceIp },
    time: [at.getUTCDay(), at.getUTCHours()],
    onBehalfOf: asks === undefined ? person : undefined,
    actor: asks === "person" ? agent : undefined,
  };
  const read = [
    reads.principal ? (asks === "person" && person ? [asks, person] : [agent, claims]) : 0,
    reads.action ? action : 0,
    ...reads.context.map((name) => context[name]),
  ];
  return JSON.stringify(read);
}
