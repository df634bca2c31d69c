import type { Catalogue } from "../catalogue/catalogue.ts";
import { isAbout } from "./cedar-policy.ts";
import { principalOf } from "./cedar-world.ts";
import { OWN_ACCOUNT } from "./condition-lines.ts";
import { heldStatement } from "./held-statement.ts";
import { actionMatcher } from "./iam-pattern.ts";
import { readText, type Statement } from "./iam-text.ts";
import type { Question, Situation, StatedBound, StatedPolicy, StatedRequest } from "./question.ts";
import { situationsOf, type Terms, termsOf } from "./situations.ts";
import { typesNamed } from "./tag-sources.ts";

/** A policy whose head applies to the requester. */
export interface CountedPolicy {
  /** Index among all policies of the question. */
  readonly place: number;
  readonly policy: StatedPolicy;
  /** Terms of a permit. */
  readonly terms: Terms | undefined;
}

/** A bound, with its requests read as Allows. */
export interface ReadBound extends StatedBound {
  readonly statements: readonly Statement[];
}

/** A question, with its texts as statements. */
export interface ReadQuestion {
  readonly question: Question;
  readonly text: readonly Statement[];
  /** Granted requests, and each further bound that is not among them. */
  readonly bounds: readonly ReadBound[];
  readonly above: readonly (readonly (readonly Statement[])[])[];
  /** The policies that count. A policy with `@mode("shadow")` does not. */
  readonly policies: readonly CountedPolicy[];
  readonly situations: readonly Situation[];
}

/**
 * Reads the question's texts, and the heads of its policies.
 * @throws {Unreadable} for a text or a head that cannot be read completely.
 */
export function readQuestion(question: Question): ReadQuestion {
  const read = (text: string) => readText(text).map((statement) => heldStatement(statement, question.held));
  const text = read(question.text);
  const bounds = boundsOf(question);
  const above = question.above.map((texts) => texts.map(read));
  const policies = countedOf(question);
  const terms = policies.map((each) => each.terms).filter((each) => each !== undefined);
  return {
    question,
    text,
    bounds,
    above,
    policies,
    situations: situationsOf(question, [text, ...bounds.map(({ statements }) => statements), ...above.flat()], terms),
  };
}

/** Leaves out a bound that has each granted request word for word: what is within the grants is then within the bound. */
function boundsOf({ asked, bounds, catalogue }: Question): readonly ReadBound[] {
  const further = bounds.filter(({ requests }) => !areAmong(asked, requests));
  return [{ objection: "beyond the intent" as const, requests: asked }, ...further].map((bound) => ({
    ...bound,
    statements: bound.requests.flatMap((each) => intentStatements(each, catalogue)),
  }));
}

function areAmong(some: readonly StatedRequest[], all: readonly StatedRequest[]): boolean {
  const written = new Set(all.map((each) => JSON.stringify(each)));
  return some.every((each) => written.has(JSON.stringify(each)));
}

function countedOf(question: Question): readonly CountedPolicy[] {
  const principal = principalOf(question.asker);
  return question.policies.flatMap((policy, place): readonly CountedPolicy[] => {
    const { mode, perCall } = policy.annotations;
    if (mode === "shadow" || perCall !== undefined || !isAbout(policy, "principal", principal)) return [];
    return [{ place, policy, terms: policy.effect === "permit" ? termsOf(policy, question) : undefined }];
  });
}

/**
 * Reads a part of the intent as IAM would read Allows of it. The Allows hold in the intent's account alone, since an
 * ARN without an account may be of any account. Beside ARNs, `*` requests only the actions of which no ARN of the part may be a resource:
 * `["s3:ListAllMyBuckets", "s3:GetObject"]` on `["*", "arn:aws:s3:::acme/*"]` requests no object of another bucket.
 */
export function intentStatements(request: StatedRequest, catalogue: Pick<Catalogue, "service">): readonly Statement[] {
  const arns = request.resources.filter((resource) => resource !== "*");
  if (arns.length === 0 || arns.length === request.resources.length) return [statementOf(request)];
  const onNone = statementOf({ ...request, resources: ["*"] });
  const appliesTo = (action: string) => onNone.appliesTo(action) && fitsNone(action, arns, catalogue);
  return [statementOf({ ...request, resources: arns }), { ...onNone, appliesTo }];
}

const statementOf = ({ account, actions, resources, conditions = {} }: StatedRequest): Statement => ({
  effect: "Allow",
  actions: { isNot: false, patterns: actions },
  appliesTo: actionMatcher(actions),
  resources: { isNot: false, patterns: resources },
  conditions: [
    { operator: "StringLike", key: OWN_ACCOUNT, values: [account] },
    ...Object.entries(conditions).flatMap(([operator, keys]) =>
      Object.entries(keys).map(([key, values]) => ({ operator, key, values })),
    ),
  ],
});

/** True where no ARN of the detail may be a resource of the action. Then only `*` can request it. */
function fitsNone(action: string, arns: readonly string[], catalogue: Pick<Catalogue, "service">): boolean {
  const [service = "", name = ""] = action.toLowerCase().split(":");
  const known = catalogue.service(service)?.action(name);
  return known !== undefined && arns.every((arn) => typesNamed(known, arn)?.length === 0);
}
