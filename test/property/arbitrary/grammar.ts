import fc from "fast-check";
import { ANY, inCedar, type Piece, withGaps } from "./arns.ts";
import type { Expression } from "./policies.ts";

/** ARNs, tags and values that the conditions of one world name. */
export interface Alphabet {
  readonly arns: readonly string[];
  readonly tags: readonly string[];
  readonly values: readonly string[];
}

/**
 * Conditions from Cedar's grammar, in all of its types and spellings, without regard to what the compiler can
 * translate. The build rejects many; `wild.ts` checks that before a world is tried.
 * https://docs.cedarpolicy.com/policies/syntax-grammar.html
 */
export function grammar(alphabet: Alphabet): fc.Arbitrary<Expression> {
  const leaf = fc.oneof(
    { weight: 5, arbitrary: onText(alphabet) },
    { weight: 2, arbitrary: hasOf(alphabet) },
    { weight: 3, arbitrary: onContext },
    { weight: 2, arbitrary: onPrincipal },
  );
  const { tree } = fc.letrec<{ tree: Expression }>((tie) => {
    const joined = (write: (...texts: string[]) => string, count: number) =>
      fc.tuple(...Array.from({ length: count }, () => tie("tree"))).map((parts) => ({
        text: write(...parts.map(({ text }) => text)),
        patterns: parts.flatMap(({ patterns }) => patterns),
      }));
    return {
      tree: fc.oneof(
        { maxDepth: 5, depthSize: "small" },
        { weight: 6, arbitrary: leaf },
        { weight: 2, arbitrary: joined((a, b) => `(${a} && ${b})`, 2) },
        { weight: 2, arbitrary: joined((a, b) => `(${a} || ${b})`, 2) },
        { weight: 2, arbitrary: joined((a) => `!(${a})`, 1) },
        { weight: 1, arbitrary: joined((a) => `!!(${a})`, 1) },
        { weight: 1, arbitrary: joined((a, b) => `((${a}) == (${b}))`, 2) },
        { weight: 1, arbitrary: joined((a, b, c) => `(if ${a} then ${b} else ${c})`, 3) },
        { weight: 2, arbitrary: guarded(alphabet, tie("tree")) },
      ),
    };
  });
  // Short ones are what a session is vended for most often.
  return fc.oneof(
    { weight: 3, arbitrary: tree },
    { weight: 2, arbitrary: leaf },
    { weight: 2, arbitrary: leaf.map(({ text, patterns }) => ({ text: `!(${text})`, patterns })) },
  );
}

/** `"data"`, perhaps with one of its characters escaped. */
const quoted = (text: string): fc.Arbitrary<string> =>
  fc.option(fc.nat({ max: Math.max(0, [...text].length - 1) }), { freq: 5, nil: -1 }).map((place) => {
    const characters = [...text].map((character, index) =>
      index === place
        ? `\\u{${character.codePointAt(0)?.toString(16)}}`
        : character.replace(/["\\]/g, "\\$&").replace("\n", "\\n"),
    );
    return `"${characters.join("")}"`;
  });

/** `.team`, `["team"]`, `["t\u{65}am"]` */
const access = (name: string): fc.Arbitrary<string> =>
  fc.oneof(
    { weight: 3, arbitrary: fc.constant(/^\w+$/.test(name) ? `.${name}` : `[${JSON.stringify(name)}]`) },
    { weight: 1, arbitrary: quoted(name).map((text) => `[${text}]`) },
  );

const path = (root: string, ...names: string[]): fc.Arbitrary<string> =>
  fc.tuple(...names.map(access)).map((steps) => `${root}${steps.join("")}`);

/** Paths to text whose value is known at the decision. */
const known = fc.oneof(
  path("principal", "team"),
  path("principal", "id"),
  path("context", "purpose"),
  path("resource", "service"),
  path("resource", "region"),
  path("resource", "account"),
  fc.constant('principal.getTag("ref")'),
);

/** A text that is a resource's: its ARN, or a tag. */
const unknown = ({ arns, tags, values }: Alphabet) =>
  fc.oneof(
    { weight: 1, arbitrary: fc.record({ text: path("resource", "arn"), literals: fc.constant(arns) }) },
    {
      weight: 2,
      arbitrary: fc.record({
        text: fc.constantFrom(...tags).chain((tag) => path("resource", "tags", tag)),
        literals: fc.constant(values),
      }),
    },
  );

function onText(alphabet: Alphabet): fc.Arbitrary<Expression> {
  return unknown(alphabet).chain(({ text, literals }) => {
    const literal = fc.constantFrom(...literals);
    const other = fc.oneof({ weight: 4, arbitrary: literal.chain(quoted) }, { weight: 1, arbitrary: known });
    const list = fc.array(other, { minLength: 1, maxLength: 3 }).map((members) => `[${members.join(", ")}]`);
    const named = (expression: fc.Arbitrary<string>) =>
      expression.map((each): Expression => ({ text: each, patterns: literals.map((one) => [one]) }));
    return fc.oneof(
      { weight: 4, arbitrary: named(fc.tuple(other, equality).map(([a, op]) => `${text} ${op} ${a}`)) },
      { weight: 1, arbitrary: named(fc.tuple(other, equality).map(([a, op]) => `${a} ${op} ${text}`)) },
      { weight: 5, arbitrary: literal.chain((one) => like(text, one)) },
      { weight: 2, arbitrary: named(list.map((each) => `${each}.contains(${text})`)) },
      { weight: 3, arbitrary: named(fc.constant(`context.delegation.chain.contains(${text})`)) },
      { weight: 1, arbitrary: named(list.map((each) => `${each}.containsAny([${text}])`)) },
      { weight: 1, arbitrary: named(list.map((each) => `[${text}].containsAll(${each})`)) },
      { weight: 1, arbitrary: named(literal.chain(quoted).map((each) => `[${text}, "x"].contains(${each})`)) },
    );
  });
}

const equality = fc.constantFrom("==", "==", "!=");

/** A pattern around a literal; in a tag's one star is often all. */
const like = (text: string, literal: string): fc.Arbitrary<Expression> =>
  fc
    .oneof(
      { weight: 5, arbitrary: withGaps(literal, 0) },
      {
        weight: 2,
        arbitrary: fc.constantFrom<readonly Piece[]>(
          [ANY],
          [literal],
          ["", ANY, ANY],
          [`${literal}*`],
          [ANY, "?"],
          [ANY, "${"],
        ),
      },
      { weight: 1, arbitrary: fc.constantFrom<readonly Piece[]>([ANY, "pii", ANY], ["arn:aws:", ANY, "pii", ANY]) },
    )
    .map((pieces) => ({ text: `${text} like "${inCedar(pieces)}"`, patterns: [pieces] }));

const hasOf = ({ tags }: Alphabet): fc.Arbitrary<Expression> =>
  fc
    .oneof(
      {
        weight: 5,
        arbitrary: fc
          .constantFrom(...tags)
          .chain((tag) => fc.tuple(path("resource", "tags"), fc.oneof(quoted(tag), fc.constant(identifier(tag))))),
      },
      { weight: 1, arbitrary: fc.tuple(fc.constant("resource"), quoted("tags")) },
      { weight: 1, arbitrary: fc.constantFrom(...tags).map((tag) => ["resource", `tags.${tag}`] as const) },
    )
    .map(([left, name]) => ({ text: `${left} has ${name}`, patterns: [] }));

const identifier = (name: string): string => (/^[A-Za-z_]\w*$/.test(name) ? name : JSON.stringify(name));

/** Policies that people write test for a tag with `has`, before or after they read the tag. */
const guarded = (alphabet: Alphabet, inner: fc.Arbitrary<Expression>): fc.Arbitrary<Expression> =>
  fc
    .tuple(
      hasOf(alphabet),
      onText(alphabet),
      inner,
      fc.constantFrom<(has: string, reads: string, other: string) => string>(
        (has, reads) => `(${has} && ${reads})`,
        (has, reads) => `(!(${has}) || ${reads})`,
        (has, reads, other) => `(if ${has} then ${reads} else ${other})`,
        (has, reads) => `(${reads} && ${has})`,
        (has, reads, other) => `(${has} && (${reads} || ${other}))`,
        (has, reads, other) => `((${other} || ${reads}) && ${has})`,
      ),
    )
    .map(([has, reads, other, write]) => ({
      text: write(has.text, reads.text, other.text),
      patterns: [...reads.patterns, ...other.patterns],
    }));

const plain = (text: string): Expression => ({ text, patterns: [] });
const order = fc.constantFrom("<", "<=", ">", ">=", "==", "!=");

/** Conditions on the time, the address and the delegation. */
const onContext: fc.Arbitrary<Expression> = fc
  .oneof(
    {
      weight: 3,
      arbitrary: fc
        .tuple(path("context", "time", "hour"), order, fc.constantFrom(0, 12, 13, 14, 23))
        .map(([hour, op, n]) => `${hour} ${op} ${n}`),
    },
    {
      weight: 1,
      arbitrary: fc
        .tuple(order, fc.constantFrom("context.time.hour + 1", "context.time.hour * 2 - 13", "-context.time.hour + 26"))
        .map(([op, sum]) => `13 ${op} ${sum}`),
    },
    {
      weight: 2,
      arbitrary: fc.constantFrom(
        "[12, 14].contains(context.time.hour)",
        "context.time == {hour: 12, weekday: 2}",
        'context["\\u{74}ime"] has hour && context["\\u{74}ime"].hour < 13',
        "context.time.weekday == 2",
        "context.time.weekday < 3",
      ),
    },
    {
      weight: 2,
      arbitrary: fc.constantFrom(
        'context has sourceIp && context.sourceIp.isInRange(ip("192.0.2.0/24"))',
        'context has "sourceIp" && context["sourceIp"] == ip("192.0.2.7")',
        "context has sourceIp && context.sourceIp.isIpv6()",
        "!(context has sourceIp)",
      ),
    },
    {
      weight: 4,
      arbitrary: fc.constantFrom(
        "context.delegation.depth == 0",
        "context.delegation.depth < 2",
        "context.delegation.depth > 0",
        'context.delegation.chain.contains("reporter")',
        'context.delegation.chain.containsAny(["reporter", "helper"])',
        'context.delegation.chain.containsAll(["reporter"])',
        'context["deleg\\u{61}tion"].chain == ["reporter"]',
        "context.delegation.chain.contains(principal.id)",
        '["reporter", "helper"].containsAll(context.delegation.chain)',
        "context.delegation.chain.isEmpty()",
      ),
    },
    {
      weight: 1,
      arbitrary: fc.constantFrom("context.ttl <= 900", "context.ttl * 9223372036854775807 > 1", "true", "1 == 2"),
    },
    { weight: 1, arbitrary: fc.constantFrom('context.purpose like "*report*"', 'context.purpose == "data"') },
  )
  .map(plain);

const onPrincipal: fc.Arbitrary<Expression> = fc
  .constantFrom(
    'principal in Team::"data"',
    'principal == Agent::"reporter"',
    'principal in [Team::"data", Agent::"helper"]',
    "principal is Agent",
    'principal is Agent in Team::"data"',
    "resource is AWS::Resource",
    'principal["labels"].containsAny(["deployer", "x"])',
    'principal.hasTag("ref") && principal.getTag("ref") == "main"',
    'principal.getTag("ref") == "main"',
    '!(principal.hasTag("ref"))',
    'resource.service == "s3"',
    'resource.region == ""',
    'resource.account == "111122223333"',
    'action == Action::"s3:GetObject"',
    'action in [Action::"s3:GetObject", Action::"sqs:SendMessage"]',
  )
  .map(plain);
