import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import * as cedar from "@cedar-policy/cedar-wasm/nodejs";
import type { PolicyScope, PreparedPolicy } from "../functions/adapters/cedar-policies.ts";
import type { Catalogue } from "../functions/core/catalogue/catalogue.ts";
import { cedarSchema } from "./cedar-schema.ts";
import { checkPolicy, namesIn, type PolicyNames } from "./check-policy.ts";

/**
 * Every policy of the folder, parsed, checked and validated.
 * @throws {Error} every fault at once, each with its file and policy.
 */
export function preparePolicies(
  folder: string,
  catalogue: Catalogue,
): { readonly policies: readonly PreparedPolicy[]; readonly claims: readonly string[] } {
  const files = readdirSync(folder)
    .filter((name) => name.endsWith(".cedar"))
    .sort();
  const read = files.flatMap((file) => readPolicies(file, readFileSync(join(folder, file), "utf8")));
  const faults: string[] = read.flatMap(({ place, json, policy }) =>
    checkPolicy(json, policy, catalogue).map((fault) => `${place}: ${fault}`),
  );
  const twice = read.filter(({ policy }, index) => read.findIndex((other) => other.policy.id === policy.id) !== index);
  faults.push(...twice.map(({ place, policy }) => `${place}: another policy has the id "${policy.id}"`));
  const names = read.map(({ json }) => namesIn(json));
  faults.push(
    ...validate(
      folder,
      read.map(({ policy }) => policy),
      names,
      catalogue,
    ),
  );
  if (faults.length > 0)
    throw new Error(`the policies in ${folder} cannot be used:\n${faults.map((fault) => `  - ${fault}`).join("\n")}`);
  return {
    policies: read.map(({ policy }) => policy),
    claims: [...new Set(names.flatMap(({ claims }) => claims))].sort(),
  };
}

interface ReadPolicy {
  /** `file.cedar, policy 2`: where a person finds it. */
  readonly place: string;
  readonly json: cedar.PolicyJson;
  readonly policy: PreparedPolicy;
}

function readPolicies(file: string, text: string): readonly ReadPolicy[] {
  const parts = cedar.policySetTextToParts(text);
  if (parts.type === "failure")
    throw new Error(`${file} does not parse: ${parts.errors.map(({ message }) => message).join("; ")}`);
  if (parts.policy_templates.length > 0) throw new Error(`${file} holds a template; write it out as policies`);
  return inOrder(text, parts.policies.map(String)).map((part, index) => {
    const place = `${file}, policy ${index + 1}`;
    const converted = cedar.policyToJson(part);
    if (converted.type === "failure")
      throw new Error(`${place} does not parse: ${converted.errors.map(({ message }) => message).join("; ")}`);
    const annotations = Object.fromEntries(
      Object.entries(converted.json.annotations ?? {}).map(([name, value]) => [name, value ?? ""]),
    );
    const policy: PreparedPolicy = {
      id: annotations.id ?? `${file}#${index + 1}`,
      effect: converted.json.effect,
      annotations,
      text: part,
      scope: scopeOf(converted.json),
    };
    return { place, json: converted.json, policy };
  });
}

/** As they stand in the file: Cedar gives the eleventh policy back before the third. */
function inOrder(text: string, parts: readonly string[]): readonly string[] {
  const ordered: string[] = [];
  const left = [...parts];
  for (let at = 0; left.length > 0; ) {
    const places = left.map((part) => text.indexOf(part, at));
    const nearest = Math.min(...places);
    const [next = ""] = left.splice(places.indexOf(nearest), 1);
    ordered.push(next);
    at = nearest + next.length;
  }
  return ordered;
}

/** Only what the head says for certain; a head that names a hierarchy (`in Team::"data"`) leaves its part open. */
function scopeOf({ principal, action }: cedar.PolicyJson): PolicyScope {
  const type = principal.op === "is" ? principal.entity_type : undefined;
  const actions = action.op === "All" ? undefined : namesIn({ action }).actions;
  return { ...(type === undefined ? {} : { principal: type }), ...(actions === undefined ? {} : { actions }) };
}

function validate(
  folder: string,
  policies: readonly PreparedPolicy[],
  names: readonly PolicyNames[],
  catalogue: Catalogue,
): readonly string[] {
  const entities = readFileSync(join(folder, "schema.cedarschema"), "utf8");
  const built = cedarSchema(
    entities,
    names.flatMap(({ actions }) => actions),
    names.flatMap(({ tags }) => tags),
    catalogue,
  );
  if ("faults" in built) return built.faults;
  const answer = cedar.validate({
    validationSettings: { mode: "strict" },
    schema: built.schema,
    policies: { staticPolicies: Object.fromEntries(policies.map(({ id, text }) => [id, text])) },
  });
  if (answer.type === "failure") return answer.errors.map(({ message }) => message);
  // A warning is a fault too: a policy that can never apply forbids nothing, whatever its reader believes.
  return [...answer.validationErrors, ...answer.validationWarnings].map(
    ({ policyId, error }) => `policy "${policyId}": ${error.message}${error.help ? ` (${error.help})` : ""}`,
  );
}
