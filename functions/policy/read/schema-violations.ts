import type * as cedar from "@cedar-policy/cedar-wasm/nodejs";
import { type Finding, finding } from "./finding.ts";
import type { ReadPolicy } from "./parse-policies.ts";

/** Violation in Cedar's words, without the policy's name. */
interface Violation {
  readonly sentence: string;
  readonly help: string | null;
}

/** Makes one finding for each place of a policy's violations. Cedar repeats a violation for each kind of action and resource that the head matches. */
export function violationsOf(
  { source, json, policy }: ReadPolicy,
  errors: readonly cedar.DetailedError[],
): readonly Finding[] {
  const places = Map.groupBy(errors, ({ sourceLocations }) => sourceLocations?.[0]?.start ?? 0);
  return [...places].flatMap(([byte, each]) => {
    const at = { ...source.spotOfByte(byte), policy: policy.id };
    const violations = each.map(
      ({ message, help }): Violation => ({ sentence: message.replace(/^for policy `.*?`, /, ""), help }),
    );
    return sentencesOf(violations, json).map((sentence) => finding("schema_violation", at, sentence));
  });
}

function sentencesOf(violations: readonly Violation[], json: cedar.PolicyJson): readonly string[] {
  const untyped = violations.map(({ sentence }) => untypedIn(sentence, json));
  const [one] = untyped;
  if (one !== undefined && untyped.every((other) => other === one)) return [one];
  return [...new Set(violations.map(({ sentence, help }) => (help ? `${sentence} (${help})` : sentence)))];
}

const OF_ENTITY = /^attribute `(.+?)` on entity type `(.+?)` not found/;
const OF_CONTEXT = /^attribute `(.+?)` in context for Action::.* not found/;
const OF_AWS = ["arn", "service", "region", "tags"];

/** Describes what to write where a condition reads an attribute that only some of the head's principals or resources have. */
function untypedIn(sentence: string, { principal, resource }: cedar.PolicyJson): string | undefined {
  const [, field] = OF_CONTEXT.exec(sentence) ?? [];
  if (field !== undefined && principal.op === "All")
    return `only requests of agents have \`context.${field}\`, and the head lets people through too; write \`principal is Agent\``;
  const [, attribute, type] = OF_ENTITY.exec(sentence) ?? [];
  if (attribute === undefined || type === undefined) return undefined;
  if (principal.op === "All" && (type === "User" || (type === "Agent" && resource.op !== "All")))
    return `\`principal.${attribute}\` is not there for all whom the head lets through; write \`principal is ${type === "User" ? "Agent" : "User"}\``;
  if (resource.op !== "All") return undefined;
  const wanted = OF_AWS.includes(attribute) ? "resource is AWS::Resource" : "resource is <type>, the one that has it";
  return `\`resource.${attribute}\` is not there for every resource that the head lets through; write \`${wanted}\``;
}
