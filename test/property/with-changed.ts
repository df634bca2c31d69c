import { vi } from "vitest";
import type { SessionLimits } from "../../functions/core/policy/compile.ts";
import type { Permitted } from "../../functions/core/policy/decide.ts";
import { type Pipeline, REAL } from "./vend.ts";

interface Modules {
  "policy/decide": typeof import("../../functions/core/policy/decide.ts");
  "text/glob": typeof import("../../functions/core/text/glob.ts");
  "policy/remainders": typeof import("../../functions/core/policy/remainders.ts");
  "policy/normal-form": typeof import("../../functions/core/policy/normal-form.ts");
  "policy/obligations": typeof import("../../functions/core/policy/obligations.ts");
  "policy/entities": typeof import("../../functions/core/policy/entities.ts");
  "policy/compile": typeof import("../../functions/core/policy/compile.ts");
  "intent/spread-intent": typeof import("../../functions/core/intent/spread-intent.ts");
  "delegation/decide-within": typeof import("../../functions/core/delegation/decide-within.ts");
  "delegation/within-ceiling": typeof import("../../functions/core/delegation/within-ceiling.ts");
  "delegation/inherited-terms": typeof import("../../functions/core/delegation/inherited-terms.ts");
}

/** The real steps over a copy of the code in which one module is changed. */
export async function withChanged<Name extends keyof Modules>(
  name: Name,
  change: (real: Modules[Name]) => Partial<Modules[Name]>,
): Promise<Pipeline> {
  const restore = replaceModule(name, change);
  vi.resetModules();
  const [{ authoriseIntent }, { authoriseParent }, { planLeases }] = await Promise.all([
    import("../../functions/steps/tasks/authorise-intent.ts"),
    import("../../functions/steps/tasks/authorise-task.ts"),
    import("../../functions/connectors/aws/plan-leases.ts"),
  ]);
  restore();
  // The broken copy stays cached under the path of the real module until this reset.
  vi.resetModules();
  return { ...REAL, authorise: authoriseIntent, authoriseParent, plan: planLeases };
}

/** Replaces a module for imports after the next reset of modules. @returns a function that restores it. */
export function replaceModule<Name extends keyof Modules>(
  name: Name,
  change: (real: Modules[Name]) => Partial<Modules[Name]>,
): () => void {
  const path = `../../functions/core/${name}.ts`;
  vi.doMock(path, async (original) => {
    const real = await original<Modules[Name]>();
    return { ...real, ...change(real) };
  });
  return () => vi.doUnmock(path);
}

/** The session policy of the grants, after a change to each of the pairs, or to the limits. */
export const compileWith = (
  change: (permitted: Permitted) => Permitted,
  limit: (limits: SessionLimits) => SessionLimits = (limits) => limits,
): Promise<Pipeline> =>
  withChanged("policy/compile", ({ compileSessionPolicy }) => ({
    compileSessionPolicy: (permitted, limits) => compileSessionPolicy(permitted.map(change), limit(limits)),
  }));

/** An Allow of a session policy. */
export interface Allow {
  readonly Effect: "Allow";
  readonly Action: string | readonly string[];
  readonly Resource: string | readonly string[];
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

/** The session policy after a change to its Allows. */
export const recompiled = (change: (allows: readonly Allow[]) => readonly Allow[]): Promise<Pipeline> =>
  rewritten((text) => {
    const policy = JSON.parse(text);
    const isAllow = ({ Effect }: { Effect: string }) => Effect === "Allow";
    const denies = policy.Statement.filter((statement: { Effect: string }) => !isAllow(statement));
    return JSON.stringify({ ...policy, Statement: [...change(policy.Statement.filter(isAllow)), ...denies] });
  });

/** The session policy after a change to its text. */
export const rewritten = (change: (text: string) => string): Promise<Pipeline> =>
  withChanged("policy/compile", ({ compileSessionPolicy }) => ({
    compileSessionPolicy: (...given) => {
      const text = change(compileSessionPolicy(...given).text);
      return { text, characters: text.length };
    },
  }));
