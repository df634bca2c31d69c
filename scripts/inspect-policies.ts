import * as cedar from "@cedar-policy/cedar-wasm/nodejs";
import type { Catalogue } from "../functions/core/catalogue/catalogue.ts";
import { cedarSchema } from "./cedar-schema.ts";
import { checkPolicy, namesIn } from "./check-policy.ts";
import { PolicyTextError, parsePolicies, type ReadPolicy } from "./parse-policies.ts";

/** One Cedar file. */
export interface PolicyFile {
  /** As messages name it: `demo.cedar`. */
  readonly name: string;
  readonly text: string;
}

/** Why policies cannot be used. */
export interface Fault {
  readonly code: "parse" | "annotation" | "duplicate-id" | "unknown-action" | "schema";
  readonly file?: string;
  /** The policy's id. */
  readonly policy?: string;
  /** The whole sentence, its place included. */
  readonly text: string;
}

export interface Inspected {
  readonly policies: readonly ReadPolicy[];
  /** Names of the token claims that they read. */
  readonly claims: readonly string[];
  readonly faults: readonly Fault[];
}

/** Every policy of the files, parsed, checked and validated together, with all that is wrong with them. */
export function inspectPolicies(files: readonly PolicyFile[], schema: string, catalogue: Catalogue): Inspected {
  const { policies, faults } = parseAll(files);
  const checked = policies.flatMap(({ file, place, json, policy }) =>
    checkPolicy(json, policy, catalogue).map(
      (fault): Fault => ({ code: "annotation", file, policy: policy.id, text: `${place}: ${fault}` }),
    ),
  );
  const twice = policies
    .filter(({ policy }, index) => policies.findIndex((other) => other.policy.id === policy.id) !== index)
    .map(
      ({ file, place, policy }): Fault => ({
        code: "duplicate-id",
        file,
        policy: policy.id,
        text: `${place}: another policy has the id "${policy.id}"`,
      }),
    );
  return {
    policies,
    claims: [...new Set(policies.flatMap(({ json }) => namesIn(json).claims))].sort(),
    faults: [...faults, ...checked, ...twice, ...lotsOf(policies).flatMap((lot) => validate(lot, schema, catalogue))],
  };
}

function parseAll(files: readonly PolicyFile[]): Pick<Inspected, "policies" | "faults"> {
  const policies: ReadPolicy[] = [];
  const faults: Fault[] = [];
  for (const { name, text } of files) {
    try {
      policies.push(...parsePolicies(name, text));
    } catch (error) {
      if (!(error instanceof PolicyTextError)) throw error;
      faults.push({ code: "parse", file: name, text: error.message });
    }
  }
  return { policies, faults };
}

/** How many actions are declared at a time. */
const LOT = 60;

/**
 * Each policy is validated against every action that is declared, so a rule that names a hundred would make all others slow.
 * All actions of a kind have the same types: what others of a lot name makes no difference to a policy.
 */
function lotsOf(policies: readonly ReadPolicy[]): readonly (readonly ReadPolicy[])[] {
  const lots: ReadPolicy[][] = [[]];
  let room = LOT;
  for (const policy of policies) {
    const count = namesIn(policy.json).actions.length;
    if (count > room) {
      lots.push([]);
      room = LOT;
    }
    lots.at(-1)?.push(policy);
    room -= count;
  }
  return lots;
}

function validate(policies: readonly ReadPolicy[], schema: string, catalogue: Catalogue): readonly Fault[] {
  const names = policies.map(({ json }) => namesIn(json));
  const built = cedarSchema(
    schema,
    names.flatMap(({ actions }) => actions),
    names.flatMap(({ tags }) => tags),
    catalogue,
  );
  if ("faults" in built) {
    return built.faults.map(({ name, problem }): Fault => {
      const user = policies.find((_, index) => names[index]?.actions.includes(name ?? ""));
      return {
        code: name === undefined ? "schema" : "unknown-action",
        ...(user ? { file: user.file, policy: user.policy.id } : {}),
        text: problem,
      };
    });
  }
  const answer = cedar.validate({
    validationSettings: { mode: "strict" },
    schema: built.schema,
    policies: { staticPolicies: Object.fromEntries(policies.map(({ policy: { id, text } }) => [id, text])) },
  });
  if (answer.type === "failure") return answer.errors.map(({ message }): Fault => ({ code: "schema", text: message }));
  // A warning is a fault too: a policy that can never apply forbids nothing, whatever its reader believes.
  return [...answer.validationErrors, ...answer.validationWarnings].map(({ policyId, error }): Fault => {
    const file = policies.find(({ policy }) => policy.id === policyId)?.file;
    return {
      code: "schema",
      ...(file === undefined ? {} : { file }),
      policy: policyId,
      text: `policy "${policyId}": ${error.message}${error.help ? ` (${error.help})` : ""}`,
    };
  });
}
