import * as cedar from "@cedar-policy/cedar-wasm/nodejs";
import type { Pair } from "../../core/intent/pairs.ts";
import { queryFor, type Requester } from "../../core/policy/entities.ts";
import { type Atom, type Conjunction, normalForm } from "../../core/policy/normal-form.ts";
import type { Query } from "../../core/policy/query.ts";
import { contains, disjoint, globFromIam } from "../../core/text/glob.ts";
import { pathsIn } from "../clauses/subject.ts";
import { isNode } from "../read/policy-nodes.ts";
import type { Part } from "./parts.ts";

/** `in part`: holds for some of the requested set; `by tags`: AWS compares tags at the call; `unclear`: unknown for a set. */
export type Holds = "yes" | "no" | "in part" | "by tags" | "unclear";

export interface Judged {
  readonly holds: Holds;
  /** Values of the request that the part reads. */
  readonly has: Readonly<Record<string, unknown>>;
}

/** Decides for each part whether it holds for the pair. Uses one call of Cedar, with each part as a permit of its own. */
export function holdsOf(parts: readonly Part[], pair: Pair, asker: Requester): ReadonlyMap<Part, Judged> {
  const open = pair.kind !== "resource" ? "nothing" : pair.isPattern ? "arn and tags" : "tags";
  const query = queryFor(pair, asker, open);
  const answer = cedar.isAuthorizedPartial({
    principal: { ...query.principal },
    action: { ...query.action },
    resource: { ...query.resource },
    context: query.context as cedar.Context,
    entities: query.entities as cedar.Entities,
    policies: { staticPolicies: Object.fromEntries(parts.map(({ json }, index) => [String(index), json])) },
  });
  if (answer.type === "failure")
    throw new Error(`Cedar refused the question: ${answer.errors.map(({ message }) => message).join("; ")}`);
  const { residuals, errored } = answer.response;
  return new Map(
    parts.map((part, index) => {
      const residual = residuals[String(index)];
      const body = residual?.conditions.map(({ kind, body: each }) =>
        kind === "when" ? each : { "!": { arg: each } },
      );
      const whole = body?.reduce<unknown>((left, right) => ({ "&&": { left, right } }), { Value: true });
      const holds =
        whole === undefined || errored.includes(String(index)) ? "no" : judge(normalForm(whole, "permit"), pair);
      return [part, { holds, has: hasOf(part, query, pair) }] as const;
    }),
  );
}

function judge(form: ReturnType<typeof normalForm>, pair: Pair): Holds {
  if (form === "unclear") return "unclear";
  const each = form.map((conjunction) => judgeOne(conjunction, pair));
  return (["yes", "by tags", "in part"] as const).find((answer) => each.includes(answer)) ?? "no";
}

function judgeOne({ must, mustNot }: Conjunction, pair: Pair): Holds {
  const target = globFromIam(pair.target);
  const onArn = ({ of }: Atom): boolean => of === "arn";
  const [musts, mustNots] = [must.filter(onArn), mustNot.filter(onArn)];
  if (musts.some(({ glob }) => disjoint(glob, target)) || mustNots.some(({ glob }) => contains(glob, target)))
    return "no";
  const covers =
    musts.every(({ glob }) => contains(glob, target)) && mustNots.every(({ glob }) => disjoint(glob, target));
  if (!covers) return "in part";
  return musts.length + mustNots.length < must.length + mustNot.length ? "by tags" : "yes";
}

/** Returns the request's value of each path that the part reads, which shows a person why the part does not hold. */
function hasOf({ json, kind }: Part, query: Query, pair: Pair): Readonly<Record<string, unknown>> {
  if (kind === "principal") return { principal: `${query.principal.type} in ${teamOf(query)}` };
  if (kind !== "condition") return { [kind]: kind === "action" ? pair.action : query.resource.type };
  const roots = ["context.", "principal.", "resource."];
  const paths = json.conditions
    .flatMap(({ body }) => pathsIn(body))
    .filter((path) => roots.some((root) => path.startsWith(root)));
  return Object.fromEntries([...new Set(paths)].map((path) => [path, valueAt(path, query, pair) ?? null]));
}

const teamOf = (query: Query): string =>
  query.entities[0]?.parents.map(({ type, id }) => `${type}::${JSON.stringify(id)}`).join(", ") ?? "no team";

function valueAt(path: string, query: Query, pair: Pair): unknown {
  if (path === "resource.arn") return pair.target;
  if (path === "resource.tags" || path.startsWith("resource.tags.")) return "as AWS finds it at the call";
  const [root = "", ...steps] = path.split(".");
  const [principal, , resource] = query.entities;
  const claim = /getTag\("(.*)"\)$/.exec(path)?.[1];
  if (claim !== undefined) return principal?.tags?.[claim];
  const start = root === "context" ? query.context : root === "principal" ? principal?.attrs : resource?.attrs;
  const found = steps.reduce<unknown>(fieldOf, start);
  // An address is an extension value of Cedar, with its text inside.
  return fieldOf(fieldOf(found, "__extn"), "arg") ?? found;
}

const fieldOf = (value: unknown, name: string): unknown =>
  isNode(value) && Object.hasOwn(value, name) ? value[name] : undefined;
