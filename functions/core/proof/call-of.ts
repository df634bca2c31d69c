import type { CatalogueAction } from "../catalogue/catalogue-action.ts";
import type { Cases } from "./cases.ts";
import { accountIn } from "./cedar-world.ts";
import { type Context, isText } from "./condition-lines.ts";
import { restOf } from "./counterexample.ts";
import type { Pattern } from "./language.ts";
import type { Call, Question, Situation } from "./question.ts";
import type { TagSource } from "./tag-sources.ts";
import type { Unknowns } from "./unknowns.ts";
import type { FoundCall } from "./violation.ts";

/** Returns the context of the action's calls in one situation, with the tags from one source. */
export function contextOf(
  { resourceTypes }: CatalogueAction,
  situation: Situation,
  tagSource: TagSource,
  { account, asker, spelling }: Question,
  unknowns: Unknowns,
): Context {
  const accountOf =
    resourceTypes.length === 0 ? isText(account, unknowns) : (pattern: Pattern) => accountIn(pattern, unknowns);
  return { situation, tagSource, spelling, boundIp: asker.boundIp, accountIn: accountOf };
}

/** Returns the call that was found, with a value for everything that its formula leaves open. */
export function callOf(
  action: CatalogueAction,
  { situation, tagSource }: Context,
  { arn, rest }: FoundCall,
  question: Question,
  unknowns: Unknowns,
  cases: Cases,
  unnamed?: { readonly evaluatedAs: string },
): Omit<Call, "objection"> {
  const { account, spelled, keys, ...chosen } = restOf(rest, unknowns, cases);
  const resource = action.resourceTypes.length > 0 ? arn : "*";
  return {
    action: action.name,
    resource,
    ...(unnamed ? { askedAs: [...resource.split(":").slice(0, 5), unnamed.evaluatedAs].join(":") } : {}),
    account: resource.split(":")[4] || (account ?? question.account),
    ...chosen,
    keys: {
      ...keys,
      ...Object.fromEntries(Object.entries(spelled).map(([key, value]) => [`${tagSource}/${key}`, value])),
    },
    told: tagSource,
    atSeconds: situation.atSeconds,
    from: situation.from,
  };
}
