import type { CatalogueAction } from "../catalogue/catalogue-action.ts";
import { groupsOf } from "./aws/minting.ts";
import { contextOf } from "./cedar-context.ts";
import { partPattern } from "./cedar-patterns.ts";
import { bool, type OpenText, string, type Value } from "./cedar-value.ts";
import { FALSE, type Formula, TRUE } from "./diagram.ts";
import { ANY_IN_PART, literal, ONE_IN_PART, type Pattern } from "./language.ts";
import type { Question, Situation, StatedPerson, StatedRequester } from "./question.ts";
import { ACCOUNT, type Unknowns } from "./unknowns.ts";

/** An entity of Cedar's. */
export interface Entity {
  readonly type: string;
  readonly id: string;
  readonly attributes: ReadonlyMap<string, Value>;
  readonly tags: ReadonlyMap<string, Value>;
  readonly parents: readonly { readonly type: string; readonly id: string }[];
}

/** Everything that a policy can read about a call. Source: `policies/schema.cedarschema`. */
export interface World {
  readonly principal: Entity;
  readonly action: Entity;
  readonly resource: Entity;
  readonly context: Value;
  /** Heads of the ARNs in the session policy's text, split into parts: candidates for the parts of a resource. */
  heads(): readonly (readonly string[])[];
}

/**
 * Returns the world of the action's calls at that moment. The ARN, the tags, and an account that the ARN does not name
 * stay open.
 */
export function worldOf(
  { asker, account }: Pick<Question, "asker" | "account">,
  action: CatalogueAction,
  heads: World["heads"],
  situation: Pick<Situation, "atSeconds">,
): World {
  return {
    heads,
    principal: principalOf(asker),
    action: actionOf(action),
    resource: resourceOf(action, account),
    context: contextOf(asker, situation),
  };
}

/** Returns the principal: the agent, or the person for whom it acts where the question is about the person. */
export const principalOf = (asker: StatedRequester): Entity =>
  asker.asks === "person" && asker.person ? userOf(asker.person) : agentOf(asker);

const userOf = ({ issuer, value, groups, isFirst }: StatedPerson): Entity => {
  const id = `${issuer}|${value}`;
  return {
    type: "User",
    id,
    parents: groups.map((group) => ({ type: "Group", id: group })),
    tags: NOTHING,
    attributes: new Map<string, Value>([
      ["id", string(id)],
      ["firstOperator", bool(isFirst)],
    ]),
  };
};

const agentOf = ({ agent, claims }: StatedRequester): Entity => ({
  type: "Agent",
  id: agent.id,
  parents: [{ type: "Team", id: agent.team }],
  attributes: new Map([
    ...texts({ id: agent.id, owner: agent.owner, team: agent.team }),
    ["labels", { is: "set", members: (agent.labels ?? []).map(string) }],
  ]),
  tags: texts(claims),
});

export const actionOf = (action: CatalogueAction): Entity => ({
  type: "Action",
  id: action.name,
  attributes: NOTHING,
  tags: NOTHING,
  parents: groupsOf(action).map((id) => ({ type: "Action", id })),
});

export const resourceOf = ({ resourceTypes }: Pick<CatalogueAction, "resourceTypes">, account: string): Entity =>
  resourceTypes.length > 0 ? RESOURCE : accountEntity(account);

const NOTHING: ReadonlyMap<string, Value> = new Map();
const texts = (all: Readonly<Record<string, string>>): ReadonlyMap<string, Value> =>
  new Map(Object.entries(all).map(([name, text]) => [name, string(text)]));
const open = (text: OpenText): Value => ({ is: "open", text });

const RESOURCE: Entity = {
  type: "AWS::Resource",
  id: "target",
  tags: NOTHING,
  parents: [],
  attributes: new Map([
    ["arn", open({ of: "arn" })],
    ["service", open({ of: "part", place: 2 })],
    ["region", open({ of: "part", place: 3 })],
    ["account", open({ of: "account" })],
    ["tags", { is: "tags" }],
  ]),
};

const accountEntity = (account: string): Entity => ({
  type: "AWS::Account",
  id: account,
  tags: NOTHING,
  parents: [],
  attributes: texts({ account }),
});

/** Returns the formula of the calls whose open text matches the pattern. */
export function textIn(text: OpenText, pattern: Pattern, unknowns: Unknowns): Formula {
  const { languages } = unknowns;
  switch (text.of) {
    case "arn":
      return unknowns.arn(languages.of(pattern));
    case "tag":
      return unknowns.key(`tag:${text.key}`, languages.of(pattern));
    case "part":
      return partIn(text.place, pattern, unknowns);
    case "account":
      return accountIn(pattern, unknowns);
  }
}

/**
 * Returns the formula under which two open texts are equal. An ARN's part or account is compared with each value that
 * the session policy's text names. Equality on any other value, or of other texts, is unclear.
 */
export function openEqual(one: OpenText, two: OpenText, heads: World["heads"], unknowns: Unknowns): Formula {
  const { diagram } = unknowns;
  const names = [one, two].map((text) => JSON.stringify(text)).sort();
  if (names[0] === names[1]) return TRUE;
  const [known, other] = placeOf(one) === undefined ? [two, one] : [one, two];
  const place = placeOf(known);
  const candidates = place === undefined ? [] : new Set(heads().flatMap((head) => head[place] ?? []));
  return [...candidates].reduce(
    (left, candidate) => {
      const pattern = literal(candidate);
      return diagram.choose(textIn(known, pattern, unknowns), textIn(other, pattern, unknowns), left);
    },
    unknowns.unclear(names.join(" == ")),
  );
}

const placeOf = (text: OpenText): number | undefined =>
  text.of === "part" ? text.place : text.of === "account" ? ACCOUNT_PART : undefined;

/**
 * Returns the formula of the calls whose resource's account matches the pattern. The account is open where the ARN
 * names none.
 */
export function accountIn(pattern: Pattern, unknowns: Unknowns): Formula {
  return unknowns.account(pattern, () => {
    const named = partIn(ACCOUNT_PART, `${ONE_IN_PART}${ANY_IN_PART}`, unknowns);
    const own = unknowns.key(ACCOUNT, unknowns.languages.of(pattern));
    return unknowns.diagram.choose(named, partIn(ACCOUNT_PART, pattern, unknowns), own);
  });
}
const ACCOUNT_PART = 4;

function partIn(place: number, pattern: Pattern, unknowns: Unknowns): Formula {
  const { languages } = unknowns;
  const whole = languages.read(`part ${place} ${pattern}`, () => partPattern(place, pattern));
  return whole === undefined ? FALSE : unknowns.arn(languages.of(whole));
}
