import * as cedar from "@cedar-policy/cedar-wasm/nodejs";
import { defined } from "../../core/defined.ts";
import type { PolicyScope, PreparedPolicy } from "../../core/policy/prepared-policy.ts";
import { type Finding, type FindingCode, finding, lineOf } from "./finding.ts";
import { namesIn } from "./names-in.ts";
import { entitiesIn, isNode } from "./policy-nodes.ts";
import { remembering } from "./remembering.ts";
import { offsetOfByte, type PolicyText, policiesIn, SourceFile, spotAt } from "./source-text.ts";
import { spelledOut } from "./spelled-out.ts";

/** One Cedar file. */
export interface PolicyFile {
  /** The file's own name, by which policies without an id are called: `demo.cedar`. */
  readonly name: string;
  /** Path in messages: `policies/demo.cedar`. */
  readonly path: string;
  readonly text: string;
  /** Team whose folder holds the file; absent for a file of no team. */
  readonly team?: string;
}

/** Error of a file whose policies cannot be read. */
export class PolicyTextError extends Error {
  override readonly name = "PolicyTextError";
  readonly findings: readonly Finding[];

  constructor(findings: readonly Finding[]) {
    super(findings.map(lineOf).join("\n"));
    this.findings = findings;
  }
}

/** Policy as written in its file, and as it will be shipped. */
export interface ReadPolicy {
  /** The name of its file. */
  readonly file: string;
  readonly source: PolicyText;
  readonly json: cedar.PolicyJson;
  readonly policy: PreparedPolicy;
  /** Team whose folder holds it; absent where none does. */
  readonly team?: string;
}

/** Cached parsers, since a process that builds several deployments parses the same policies for each. Callers must not change the answers. */
const partsOf = remembering((text: string) => cedar.policySetTextToParts(text));
const jsonOf = remembering((text: string) => cedar.policyToJson(text));

/**
 * Parses the policies of one file, in their order.
 * @throws {PolicyTextError} for a file that does not parse, or holds a template.
 */
export function parsePolicies({ name, path, text, team }: PolicyFile): readonly ReadPolicy[] {
  const parts = partsOf(text);
  if (parts.type === "failure") throw new PolicyTextError(parts.errors.map((error) => unparsed(path, text, error)));
  const templates = inOrder(path, text, parts.policy_templates);
  if (templates.length > 0)
    throw new PolicyTextError(
      templates.map((each) => finding("parse", each.spot(), "it is a template; write it out as policies")),
    );
  return inOrder(path, text, parts.policies.map(String)).map((source, index) => {
    const converted = jsonOf(source.text);
    if (converted.type === "failure")
      throw new PolicyTextError(converted.errors.map(({ message }) => finding("parse", source.spot(), message)));
    const json = spelledOut(converted.json);
    const annotations = Object.fromEntries(
      Object.entries(json.annotations ?? {}).map(([key, value]) => [key, value ?? ""]),
    );
    const policy: PreparedPolicy = {
      id: annotations.id ?? `${name}#${index + 1}`,
      effect: json.effect,
      annotations,
      text: source.text,
      json: converted.json,
      reads: readsIn(json),
      scope: scopeOf(json),
    };
    return { file: name, source, json, policy, ...defined({ team }) };
  });
}

/** Makes a finding of Cedar's error about a text that does not parse, at its place in the file. */
export function unparsed(file: string, text: string, error: cedar.DetailedError, code: FindingCode = "parse"): Finding {
  const [place] = error.sourceLocations ?? [];
  const expected = place?.label ? `; ${place.label}` : "";
  const help = error.help ? ` (${error.help})` : "";
  const at = spotAt(file, text, offsetOfByte(text, place?.start ?? 0));
  return finding(code, at, `it does not parse: ${error.message}${expected}${help}`);
}

/** Sorts Cedar's parts of a file by their place in it, since Cedar returns the eleventh before the third. */
function inOrder(path: string, text: string, parts: readonly string[]): readonly PolicyText[] {
  const given = new Set(parts);
  const ordered = policiesIn(new SourceFile(path, text)).filter((each) => given.has(each.text));
  if (ordered.length !== parts.length) throw new Error(`Cedar reads other policies in ${path} than the file shows`);
  return ordered;
}

/** Reads the head. `principal == Agent::"x"` and `principal in Team::"data"` both set `within`. */
export function scopeOf({ principal, action }: cedar.PolicyJson): PolicyScope {
  const type = principal.op === "is" ? principal.entity_type : undefined;
  const [named] = entitiesIn(principal);
  const actions = action.op === "All" ? undefined : namesIn({ action }).actions;
  return {
    ...defined({ principal: type }),
    ...(named === undefined ? {} : { within: `${named.type}::${named.id}` }),
    ...defined({ actions }),
  };
}

/**
 * Finds the parts of the request (tags, the time, the action) that a policy's conditions read. Uses the policy's JSON, in which escapes of the text are
 * resolved (`context["\u{74}ime"]`). Any attribute of such a name counts, whatever its owner. The context as a whole counts too.
 */
export function readsIn(json: unknown): PreparedPolicy["reads"] {
  const names = new Set(attributesIn(json));
  return (["tags", "time", "action"] as const).filter((name) => names.has(name));
}

/** Yields the names of all attributes that are read, or tested by `has`. */
function* attributesIn(node: unknown): Generator<string> {
  if (typeof node !== "object" || node === null) return;
  for (const [operator, operands] of Object.entries(node)) {
    const isAccess = (operator === "." || operator === "has") && isNode(operands) && "attr" in operands;
    if (isAccess) yield* [operands.attr].flat().map(String);
    if (operator === "Var" && operands === "context") yield "time";
    if (operator === "Var" && operands === "action") yield "action";
    if (!isAccess) yield* attributesIn(operands);
    else if (!isNode(operands.left) || !("Var" in operands.left)) yield* attributesIn(operands.left);
  }
}
