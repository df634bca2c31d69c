import fc from "fast-check";
import { ACCOUNT, ANY, inCedar, OTHER_ACCOUNT, type Piece, withGaps } from "./arns.ts";

/**
 * A policy as Cedar's text, with the patterns and ARNs in it. Calls at those patterns and ARNs are where an error would
 * show.
 */
export interface ArbitraryPolicy {
  readonly text: string;
  readonly patterns: readonly (readonly Piece[])[];
}

export interface Expression {
  readonly text: string;
  readonly patterns: readonly (readonly Piece[])[];
}

const all = (one: Expression, other: Expression): Expression => ({
  text: `${one.text} && ${other.text}`,
  patterns: [...one.patterns, ...other.patterns],
});

const plain = (text: string): Expression => ({ text, patterns: [] });

const cedarPattern = (arns: readonly string[]): fc.Arbitrary<readonly Piece[]> =>
  fc.constantFrom(...arns).chain((text) =>
    fc.oneof(
      { weight: 4, arbitrary: withGaps(text, 0) },
      { weight: 3, arbitrary: withGaps(text, text.lastIndexOf("/") + 1) },
      {
        weight: 1,
        arbitrary: fc.constantFrom<readonly Piece[]>([ANY, "pii", ANY], ["arn:aws:", ANY, "pii", ANY], [ANY]),
      },
      // Cedar's `\*`, `?` and `$` are characters like any other.
      {
        weight: 1,
        arbitrary: fc.constantFrom<readonly Piece[]>(
          [`${text}*`, ANY],
          [ANY, "*", ANY],
          [`${text}?`],
          [ANY, "?", ANY],
          [ANY, "$"],
          [`${text}\${aws:username}`],
          [ANY, "${", ANY],
        ),
      },
    ),
  );

const like = (arns: readonly string[]): fc.Arbitrary<Expression> =>
  cedarPattern(arns).map((pieces) => ({ text: `resource.arn like "${inCedar(pieces)}"`, patterns: [pieces] }));

/** Strict validation lets an overflow through, and Cedar then skips the policy. */
const erring = fc.constantFrom("context.ttl * 9223372036854775807 > 1", 'principal.getTag("ref") == "main"').map(plain);

/** Conditions on facts that only AWS knows, at the call. Cedar errs where a tag is missing. */
const tagged = fc
  .constantFrom(
    'resource.tags.team == "data"',
    'resource.tags.team like "da*"',
    'resource.tags.team != "data"',
    'resource.tags.env == "${x}"',
    '["data", "ops"].contains(resource.tags.team)',
    '["data", "ops"].contains(resource.tags.team) && resource.tags.env != "-"',
    'resource.tags.team == "data" || resource.tags.team == "ops"',
    '!(resource.tags.team like "da*")',
    '!(resource.tags.env == "prod")',
    'resource.tags.team like "*"',
    '!(resource.tags.env like "*")',
    'resource.tags.team like "*" && resource.tags has team',
    'resource.tags.team == "data" && resource.tags has team',
    'resource.tags.env == "prod" || resource.tags has team',
    '!(resource.tags has team) || resource.tags.team == "ops"',
    "resource.tags has team",
    'resource.tags has team && resource.tags.team == "data"',
    'resource.tags.team == "data" && resource.tags.env != "prod"',
  )
  .map(plain);

function atom(arns: readonly string[]): fc.Arbitrary<Expression> {
  const equals = fc
    .tuple(
      fc.constantFrom(...arns),
      fc.constantFrom(
        (text: string) => `resource.arn == "${text}"`,
        (text: string) => `resource.arn != "${text}"`,
        (text: string) => `["${text}", "${text}x"].contains(resource.arn)`,
      ),
    )
    .map(([text, write]) => ({ text: write(text), patterns: [[text]] }));
  const known = fc.constantFrom(
    'resource.service == "s3"',
    'resource.region == ""',
    `resource.account == "${ACCOUNT}"`,
    `resource.account == "${OTHER_ACCOUNT}"`,
    'principal.team == "data"',
    '!principal.labels.contains("deployer")',
    'context.purpose like "*report*"',
    "context.ttl <= 900",
    "context.time.hour < 18",
    "context.time.hour == 12",
    'context has sourceIp && context.sourceIp.isInRange(ip("192.0.2.0/24"))',
    "context.time.weekday == 7",
    'principal.hasTag("ref") && principal.getTag("ref") == "main"',
    '!principal.hasTag("ref")',
  );
  return fc.oneof(
    { weight: 12, arbitrary: like(arns) },
    { weight: 4, arbitrary: equals },
    { weight: 6, arbitrary: known.map(plain) },
    { weight: 4, arbitrary: tagged },
    { weight: 1, arbitrary: erring },
  );
}

/** Conditions of all shapes. The compiler must refuse each one that it does not understand, and never misread it. */
function expression(arns: readonly string[]): fc.Arbitrary<Expression> {
  const { tree } = fc.letrec<{ tree: Expression }>((tie) => {
    const joined = (write: (...texts: string[]) => string, count: number) =>
      fc.tuple(...Array.from({ length: count }, () => tie("tree"))).map((parts) => ({
        text: write(...parts.map(({ text }) => text)),
        patterns: parts.flatMap(({ patterns }) => patterns),
      }));
    return {
      tree: fc.oneof(
        { maxDepth: 2, depthSize: "small" },
        { weight: 5, arbitrary: atom(arns) },
        { weight: 2, arbitrary: joined((a, b) => `(${a}) && (${b})`, 2) },
        { weight: 1, arbitrary: joined((a, b) => `(${a}) || (${b})`, 2) },
        { weight: 2, arbitrary: joined((a) => `!(${a})`, 1) },
        { weight: 1, arbitrary: joined((a, b, c) => `if ${a} then ${b} else ${c}`, 3) },
      ),
    };
  });
  return tree;
}

/** Recorded, and not enforced. */
export const WATCHED = '@mode("shadow") ';

/** Rejected when the policies are built: all resources have the same identity here. */
export const NAMES_RESOURCE = /AWS::Resource::"/;

/** Obligations of a permit. */
const OBLIGATIONS = [
  ...['@maxTtl("5m") ', '@maxTtl("30m") ', "@bindIp ", '@maxTtl("5m") @bindIp ', '@fence("2m") '],
  ...['@approval("sre") ', '@approval("sre") '],
];

const permitted = (arns: readonly string[]): fc.Arbitrary<Expression | null> =>
  fc.oneof(
    { weight: 2, arbitrary: fc.constant(null) },
    { weight: 2, arbitrary: expression(arns) },
    { weight: 1, arbitrary: tagged },
  );

/**
 * Mostly plain conditions, so that some sets can be granted. Some conditions err, and Cedar skips a forbid that errs.
 */
const forbidden = (arns: readonly string[]): fc.Arbitrary<Expression> =>
  fc.oneof(
    { weight: 6, arbitrary: like(arns) },
    { weight: 3, arbitrary: expression(arns) },
    { weight: 2, arbitrary: tagged },
    { weight: 1, arbitrary: erring },
    { weight: 1, arbitrary: fc.tuple(like(arns), tagged).map(([one, other]) => all(one, other)) },
    { weight: 1, arbitrary: fc.tuple(like(arns), like(arns)).map(([one, other]) => all(one, other)) },
  );

/**
 * Permits every action that does not mint. Something is then vended where the other policies do not meet the request.
 */
export const PERMIT_ALL: ArbitraryPolicy = {
  text: "permit (principal, action, resource is AWS::Resource);",
  patterns: [],
};

/** Policies about these ARNs and these actions. */
export function arbitraryPolicy(
  arns: readonly string[],
  actions: readonly string[],
  effect: "permit" | "forbid",
): fc.Arbitrary<ArbitraryPolicy> {
  const named = fc.constantFrom(...actions).map((name) => ({ scope: `action == Action::"${name}"`, isNamed: true }));
  const list = fc.subarray([...actions], { minLength: 1 }).map((names) => ({
    scope: `action in [${names.map((name) => `Action::"${name}"`).join(", ")}]`,
    isNamed: true,
  }));
  const grouped = fc
    .constantFrom(
      'action in Action::"s3:Read"',
      'action in Action::"aws:Write"',
      "action",
      "action",
      "action",
      "action",
    )
    .map((scope) => ({ scope, isNamed: false }));
  const scope = fc.record({
    principal: fc.constantFrom(
      "principal",
      "principal is Agent",
      'principal in Team::"data"',
      'principal in Team::"data"',
    ),
    action: fc.oneof(
      { weight: 1, arbitrary: named },
      { weight: 1, arbitrary: list },
      { weight: 2, arbitrary: grouped },
    ),
    resource: fc.oneof(
      { weight: 20, arbitrary: fc.constant("resource is AWS::Resource") },
      { weight: 4, arbitrary: fc.constant("resource is AWS::Account") },
      { weight: 1, arbitrary: fc.constantFrom(...arns).map((text) => `resource == AWS::Resource::"${text}"`) },
    ),
    obligation: fc.oneof(
      { weight: 4, arbitrary: fc.constant("") },
      { weight: 1, arbitrary: fc.constantFrom(...OBLIGATIONS) },
    ),
    outlives: fc.boolean(),
    isWatched: fc.oneof({ weight: 9, arbitrary: fc.constant(false) }, { weight: 1, arbitrary: fc.constant(true) }),
    when: effect === "permit" ? permitted(arns) : forbidden(arns),
    unless: fc.oneof({ weight: 3, arbitrary: fc.constant(null) }, { weight: 1, arbitrary: expression(arns) }),
  });
  return scope.map(({ principal, action, resource, obligation, outlives, isWatched, when, unless }) => {
    const hasArn = resource === "resource is AWS::Resource";
    const clauses = hasArn ? [when && `when { ${when.text} }`, unless && `unless { ${unless.text} }`] : [];
    const outliving = outlives && action.isNamed && effect === "permit" ? '@outlives("tested") ' : "";
    const annotation = `${isWatched ? WATCHED : ""}${outliving}${effect === "permit" ? obligation : ""}`;
    return {
      text: `${annotation}${effect} (${principal}, ${action.scope}, ${resource}) ${clauses.filter(Boolean).join(" ")};`,
      patterns: hasArn ? [...(when?.patterns ?? []), ...(unless?.patterns ?? [])] : [],
    };
  });
}
