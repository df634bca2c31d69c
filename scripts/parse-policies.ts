import * as cedar from "@cedar-policy/cedar-wasm/nodejs";
import type { PolicyScope, PreparedPolicy } from "../functions/adapters/cedar-policies.ts";
import { entitiesIn, namesIn } from "./check-policy.ts";

/** A file that holds no policies that can be read. */
export class PolicyTextError extends Error {
  override readonly name = "PolicyTextError";
}

/** A policy as it stands in its file, and as it will be shipped. */
export interface ReadPolicy {
  readonly file: string;
  /** `file.cedar, policy 2`: where a person finds it. */
  readonly place: string;
  readonly json: cedar.PolicyJson;
  readonly policy: PreparedPolicy;
}

/**
 * The policies of one file, in their order.
 * @throws {PolicyTextError} where it does not parse, or holds a template.
 */
export function parsePolicies(file: string, text: string): readonly ReadPolicy[] {
  const parts = cedar.policySetTextToParts(text);
  if (parts.type === "failure")
    throw new PolicyTextError(`${file} does not parse: ${parts.errors.map(({ message }) => message).join("; ")}`);
  if (parts.policy_templates.length > 0)
    throw new PolicyTextError(`${file} holds a template; write it out as policies`);
  return inOrder(text, parts.policies.map(String)).map((part, index) => {
    const place = `${file}, policy ${index + 1}`;
    const converted = cedar.policyToJson(part);
    if (converted.type === "failure")
      throw new PolicyTextError(
        `${place} does not parse: ${converted.errors.map(({ message }) => message).join("; ")}`,
      );
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
    return { file, place, json: converted.json, policy };
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

/** What the head says: `principal == Agent::"x"` and `principal in Team::"data"` both name whom it is within. */
function scopeOf({ principal, action }: cedar.PolicyJson): PolicyScope {
  const type = principal.op === "is" ? principal.entity_type : undefined;
  const [named] = entitiesIn(principal);
  const actions = action.op === "All" ? undefined : namesIn({ action }).actions;
  return {
    ...(type === undefined ? {} : { principal: type }),
    ...(named === undefined ? {} : { within: `${named.type}::${named.id}` }),
    ...(actions === undefined ? {} : { actions }),
  };
}
