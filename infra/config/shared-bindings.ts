import type { Binding } from "../../functions/core/identity/agent.ts";
import { overlap } from "../../functions/core/identity/bindings.ts";
import type { Path } from "./fault.ts";

/** Agent's binding in a file, and its place. */
interface Placed {
  readonly agent: string;
  readonly binding: Binding;
  readonly at: Path;
}

/** Finds bindings of different agents that one token could match. The hub would register the first agent, and refuse the other. */
export function sharedBindings(agents: readonly Readonly<Record<string, unknown>>[]): readonly {
  readonly at: Path;
  readonly say: string;
}[] {
  const all = agents.flatMap(({ id, bindings }, index) =>
    (Array.isArray(bindings) ? bindings : []).flatMap((binding: unknown, n): readonly Placed[] =>
      isBinding(binding) ? [{ agent: String(id), binding, at: [index, "bindings", n] }] : [],
    ),
  );
  return all.flatMap(({ agent, binding, at }, index) => {
    const other = all
      .slice(0, index)
      .find(
        (before) =>
          before.agent !== agent &&
          before.binding.issuer === binding.issuer &&
          overlap(before.binding.claims, binding.claims),
      );
    return other
      ? [{ at, say: `a token could match ${other.agent}'s binding too; make them differ in a required claim` }]
      : [];
  });
}

const isBinding = (value: unknown): value is Binding => {
  const { issuer, claims } = (value ?? {}) as { readonly issuer?: unknown; readonly claims?: unknown };
  return typeof issuer === "string" && typeof claims === "object" && claims !== null && !Array.isArray(claims);
};
