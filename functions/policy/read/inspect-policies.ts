import * as cedar from "@cedar-policy/cedar-wasm/nodejs";
import type { Catalogue } from "../../core/catalogue/catalogue.ts";
import { type TagKey, tagWithoutCase } from "../../core/policy/tag-conditions.ts";
import { cedarSchema, schemaOf } from "./cedar-schema.ts";
import { checkPolicy } from "./check-policy.ts";
import { type Finding, finding } from "./finding.ts";
import type { KnownNames } from "./known-config.ts";
import { claimsIn, namesIn } from "./names-in.ts";
import { type PolicyFile, PolicyTextError, parsePolicies, type ReadPolicy, unparsed } from "./parse-policies.ts";
import { remembering } from "./remembering.ts";
import { violationsOf } from "./schema-violations.ts";

export interface Inspected {
  readonly policies: readonly ReadPolicy[];
  /** Names of the token claims that the policies read. */
  readonly claims: readonly string[];
  /** Faults because of which the policies cannot be used; each is an error. */
  readonly faults: readonly Finding[];
}

/**
 * Parses, checks and validates the policies of the files together. Returns them with all their faults.
 * @param known issuers, approvers and conditions of `valetkey.json`, where they are known. Policies must not name others.
 */
export function inspectPolicies(
  files: readonly PolicyFile[],
  schema: Omit<PolicyFile, "name">,
  catalogue: Catalogue,
  known: KnownNames = {},
): Inspected {
  const { policies, faults } = parseAll(files);
  const ids = new Set<string>();
  const twice = policies
    .filter(({ policy: { id } }) => ids.size === ids.add(id).size)
    .map(({ source, policy: { id } }) =>
      finding("duplicate_id", { ...source.spotOfAnnotation("id"), policy: id }, `another policy has the id "${id}"`),
    );
  return {
    policies,
    claims: claimsIn(policies),
    faults: [
      ...faults,
      ...policies.flatMap((policy) => checkPolicy(policy, catalogue, known)),
      ...twice,
      ...tagSpellings(policies),
      ...schemaFaults(policies, schema, catalogue),
    ],
  };
}

function parseAll(files: readonly PolicyFile[]): Pick<Inspected, "policies" | "faults"> {
  const policies: ReadPolicy[] = [];
  const faults: Finding[] = [];
  for (const file of files) {
    try {
      policies.push(...parsePolicies(file));
    } catch (error) {
      if (!(error instanceof PolicyTextError)) throw error;
      faults.push(...error.findings);
    }
  }
  return { policies, faults };
}

function schemaFaults(
  policies: readonly ReadPolicy[],
  { path, text }: Omit<PolicyFile, "name">,
  catalogue: Catalogue,
): readonly Finding[] {
  const converted = schemaOf(text);
  return converted.type === "failure"
    ? converted.errors.map((error) => unparsed(path, text, error, "schema_unreadable"))
    : lotsOf(policies).flatMap((lot) => validate(lot, text, catalogue));
}

/** Largest number of actions that are declared at a time. */
const LOT = 60;

/**
 * Splits policies into lots for the validation. Cedar validates each policy against every declared action, so a rule with a hundred actions would slow
 * down all others. The other actions of a lot change no result, since all actions of a kind have the same types.
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

function validate(policies: readonly ReadPolicy[], schema: string, catalogue: Catalogue): readonly Finding[] {
  const names = policies.map(({ json }) => namesIn(json));
  const built = cedarSchema(
    schema,
    names.flatMap(({ actions }) => actions),
    names.flatMap(({ tags }) => tags),
    catalogue,
  );
  if ("faults" in built) {
    return built.faults.flatMap(({ name, problem }) =>
      policies
        .filter((_, index) => names[index]?.actions.includes(name))
        .map(({ source, policy }) =>
          finding("unknown_action", { ...source.spotOfAction(name), policy: policy.id }, problem),
        ),
    );
  }
  const answer = answerTo({
    validationSettings: { mode: "strict" },
    schema: built.schema,
    // Names policies by their place in the list, since two may have one id.
    policies: { staticPolicies: Object.fromEntries(policies.map(({ policy }, index) => [String(index), policy.text])) },
  });
  if (answer.type === "failure")
    throw new Error(`Cedar does not validate: ${answer.errors.map(({ message }) => message).join("; ")}`);
  // Takes warnings as faults too: a policy that can never apply forbids nothing, against its reader's expectation.
  const errors = [...answer.validationErrors, ...answer.validationWarnings];
  return policies.flatMap((policy, index) =>
    violationsOf(
      policy,
      errors.flatMap(({ policyId, error }) => (policyId === String(index) ? [error] : [])),
    ),
  );
}

const answerTo = remembering(cedar.validate);

/**
 * Finds tags that policies of one bundle name in two spellings which differ only in case, by any rule of letters. IAM ignores the case of tags' names: a resource's `Team` also
 * meets a session policy that requires `team`. So no session policy can distinguish what these policies distinguish.
 * Source: aws:ResourceTag, AWS global condition context keys, IAM User Guide.
 */
export function tagSpellings(policies: readonly ReadPolicy[]): readonly Finding[] {
  const first = new Map<TagKey, string>();
  return policies.flatMap(({ json, source, policy }) =>
    [...new Set(namesIn(json).tags)].flatMap((name) => {
      const known = first.get(tagWithoutCase(name)) ?? name;
      first.set(tagWithoutCase(name), known);
      if (known === name) return [];
      const message = `it reads the tag \`${name}\`, which elsewhere is \`${known}\`: to IAM both are one; use one spelling`;
      return [finding("tag_spelling", { ...source.spotOf(name), policy: policy.id }, message)];
    }),
  );
}
