import type { ResourcePair } from "../../functions/core/intent/pairs.ts";
import { contains, disjoint, type Glob } from "../../functions/core/text/glob.ts";
import { ANY, type Piece } from "./arbitrary/arns.ts";
import { EDGE_FEATURES } from "./edge-features.ts";
import type { Feature, Seen } from "./feature.ts";
import type { Session } from "./vend.ts";

const policies =
  (text: RegExp): Feature =>
  ({ vended }) =>
    vended.texts.some((each) => text.test(each));
const permits = (text: RegExp) => policies(new RegExp(`^[^;]*permit \\(.*${text.source}`));
const forbids = (text: RegExp) => policies(new RegExp(`^[^;]*forbid \\(.*${text.source}`));
const granted =
  (holds: (permitted: Session["permitted"][number]) => boolean): Feature =>
  ({ vended }) =>
    vended.sessions.some(({ permitted }) => permitted.some(holds));
const denied =
  (reason: RegExp): Feature =>
  ({ vended }) =>
    vended.denials.some((each) => reason.test(each.reason));
const refused =
  (say: RegExp): Feature =>
  ({ vended }) =>
    say.test(vended.refusal ?? "");
const session =
  (holds: (one: Session) => boolean): Feature =>
  ({ vended }) =>
    vended.sessions.some(holds);
const pattern =
  (holds: (pieces: readonly Piece[]) => boolean): Feature =>
  ({ scenario }) =>
    scenario.policies.some(({ patterns }) => patterns.some(holds));

const globOf = (pieces: readonly Piece[]): Glob => pieces.map((piece) => (piece === ANY ? "any" : { literal: piece }));
const literal = (text: string) => pattern((pieces) => pieces.some((piece) => piece !== ANY && piece.includes(text)));
/** Number of colons before the first gap. */
const colonsBefore = (pieces: readonly Piece[]): number =>
  String(pieces[0] === ANY ? "" : (pieces[0] ?? "")).split(":").length - 1;
const isOverlap = (one: Glob, other: Glob): boolean =>
  !disjoint(one, other) && !contains(one, other) && !contains(other, one);
const isResource = (pair: { readonly kind: string }): pair is ResourcePair => pair.kind === "resource";

/** Every shape of policy, intent and answer that the compiler distinguishes. */
export const FEATURES: Readonly<Record<string, Feature>> = {
  "a negation": policies(/!\(|!=|unless/),
  "nested conditions": policies(/\(\(.*\) (&&|\|\|) /),
  "if-then-else": policies(/\bif /),
  "a list that contains the ARN": policies(/\]\.contains\(resource\.arn\)/),
  "two patterns that overlap": ({ scenario }) => {
    const globs = scenario.policies.flatMap(({ patterns }) => patterns.map(globOf));
    return globs.some((one, index) => globs.slice(0, index).some((other) => isOverlap(one, other)));
  },
  "a pattern that overlaps the request": ({ scenario }) =>
    scenario.policies.some(({ patterns }) =>
      patterns.some((each) => scenario.targets.some((target) => isOverlap(globOf(each), globOf(target)))),
    ),
  "a literal ?": literal("?"),
  "a literal star": literal("*"),
  "a literal $": literal("$"),
  "a literal ${": literal("${"),
  "a gap before the ARN's last colon": pattern((pieces) => pieces.includes(ANY) && colonsBefore(pieces) < 5),
  "a gap in the request's resource": ({ scenario }) => scenario.targets.some((target) => target.includes(ANY)),
  "an identity of a resource, rejected at build": ({ vended }) => vended.rejected.length > 0,
  "a permit that errs": permits(/(9223372036854775807|getTag\("ref"\) == "main" [})])/),
  "a forbid that errs": forbids(/(9223372036854775807|getTag\("ref"\) == "main" [})])/),
  "a policy under watch": policies(/@mode\("shadow"\)/),
  "the hour of the day": policies(/time\.hour == 12/),

  "a forbid that forbids all": denied(/^A policy forbids it/),
  "a forbid that became a Deny": granted(({ denies }) => denies.length > 0),
  "a Deny in several ways": granted(({ denies }) => denies.some(({ resources }) => resources.length > 1)),
  "a forbid out of reach": ({ scenario, vended }) =>
    scenario.policies.some(({ text }) => text.startsWith("forbid (") && text.includes("resource.arn")) &&
    vended.sessions.some(({ permitted }) => permitted.some(({ denies }) => denies.length === 0)),
  "refused: the forbid errs": denied(/could not be evaluated/),
  "refused: overlapping parts": denied(/overlapping parts/),
  "refused: all but a part": denied(/forbids all of these resources but/),
  "refused: no pattern for a part": denied(/IAM has no pattern/),
  "refused: cannot be decided for a set": denied(/cannot be decided for a set/),
  "refused: tags that do not limit the action": denied(/cannot be limited by/),
  "refused: no permit": denied(/^No policy permits/),
  "refused: it outlives the task": denied(/outlives the task/),
  "refused: a person must approve": denied(/must approve/),

  "tags of an Allow": granted(({ conditions }) => conditions.some((each) => Object.keys(each).length > 0)),
  "tags of an Allow, in several ways": granted(({ conditions }) => conditions.length > 1),
  "several values of a tag": granted(({ conditions }) =>
    conditions.some((each) => Object.values(each.StringEquals ?? {}).some((values) => values.length > 1)),
  ),
  "a tag that must exist with another value": granted(({ conditions }) => conditions.some((each) => "Null" in each)),
  "tags of a Deny": granted(({ denies }) => denies.some(({ conditions }) => Object.keys(conditions).length > 0)),
  "a Deny without the tag": granted(({ denies }) =>
    denies.some(({ conditions }) => Object.keys(conditions).some((operator) => operator.endsWith("IfExists"))),
  ),
  "a Deny by a tag that must be another": granted(({ denies }) =>
    denies.some(({ conditions }) => Object.keys(conditions).some((operator) => operator.startsWith("StringNot"))),
  ),
  "a tag by a pattern": policies(/tags\.\w+ like "[^"*]/),
  "a tag that a forbid only reads": forbids(/tags\.\w+ like "\*"/),
  "a tag whose presence a forbid tests": forbids(/tags has/),
  "a tag whose presence a permit tests": permits(/tags has/),

  "obligation: maxTtl": granted(({ obligations }) => obligations.maxTtlSeconds !== undefined),
  "obligation: fence": granted(({ obligations }) => obligations.fenceSeconds !== undefined),
  "obligation: bindIp": granted(({ obligations }) => obligations.bindIp),
  "a part of the request": session(({ narrowed }) => narrowed > 0),
  "an action that mints": granted(({ pair }) => pair.mints),
  "an action without a resource": granted(({ pair }) => pair.kind === "account"),
  "an action on several resources": granted(({ pair }) => pair.action === "ec2:AttachVolume"),
  "an ARN without an account": granted(({ pair }) => isResource(pair) && !pair.arnNamesAccount),
  "another account": session(({ account }) => account !== "111122223333"),
  "a pattern of actions": ({ scenario, vended }) => vended.sessions.length > 0 && /:[A-Za-z]*\*/.test(scenario.json),
  "conditions of the intent": session(({ details }) => details.some(({ conditions }) => conditions !== undefined)),
  "several details in one session": session(({ details }) => details.length > 1),
  "conditions of one detail beside another without": session(
    ({ details }) =>
      details.some(({ conditions }) => conditions !== undefined) &&
      details.some(({ conditions }) => conditions === undefined),
  ),
  "statements of one detail": ({ scenario, vended }) =>
    vended.sessions.length > 0 && scenario.json.includes('"statements"'),
  "several sessions": ({ vended }) => vended.sessions.length > 1,
  "refused: the action fits no resource": refused(/applies to none/),
  "refused: a resource is missing": refused(/also needs a resource/),
};

/** Counts of a feature: scenarios with it, calls that AWS has, and calls that a session policy allows. */
export interface Reach {
  scenarios: number;
  asked: number;
  allowed: number;
}

/** Counts for each feature the scenarios and calls in which it occurred. */
export function countFeatures(
  counts: Map<string, Reach>,
  seen: Seen,
  { asked, allowed }: { readonly asked: number; readonly allowed: number },
): void {
  for (const [name, isThere] of [...Object.entries(FEATURES), ...Object.entries(EDGE_FEATURES)]) {
    const reach = counts.get(name) ?? { scenarios: 0, asked: 0, allowed: 0 };
    counts.set(name, reach);
    if (!isThere(seen)) continue;
    reach.scenarios += 1;
    reach.asked += asked;
    reach.allowed += allowed;
  }
}
