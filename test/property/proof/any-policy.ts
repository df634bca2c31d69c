import fc from "fast-check";
import { ACCOUNT } from "../../unit/core/proof/ask.ts";
import { BUCKET, INSTANCES } from "./any-text.ts";

/**
 * Conditions with Cedar's operators on facts that a call leaves open. Some fail, and some cannot be computed by any
 * proof.
 */
const LEAVES = [
  ...[
    'resource.arn like "*pii*"',
    'resource.arn like "*\\**"',
    `resource.arn like "${BUCKET}a\\*b"`,
    `resource.arn == "${BUCKET}a"`,
  ],
  ...[
    `resource.arn like "${BUCKET}*"`,
    `resource.arn like "${INSTANCES}a*"`,
    'resource.arn like "*ß"',
    'resource.arn like "*\\u{212a}"',
  ],
  ...[
    `["${BUCKET}a", "${INSTANCES}a"].contains(resource.arn)`,
    `[resource.arn, "x"].containsAll(["x", "${BUCKET}ab"])`,
  ],
  ...[
    'resource.service == "s3"',
    'resource.region == ""',
    `resource.account == "${ACCOUNT}"`,
    'resource.account like "4*"',
  ],
  ...["resource.account == resource.region", "resource.service == principal.team"],
  ...[
    "resource.tags has t",
    "resource has tags.t",
    "!(resource has tags.t)",
    'resource.tags.t == "a"',
    'resource.tags.t like "a*"',
  ],
  ...['resource.tags has t && resource.tags.t != "a"', 'resource.tags.u == "a" || resource.tags.t == "a"'],
  ...['["a", resource.tags.u].contains(resource.tags.t)', "[].contains(resource.tags.t)", '[resource.tags.t] == ["a"]'],
  ...[
    'if resource.tags has t then resource.tags.t == "a" else resource.tags.u == "b"',
    '{x: resource.tags.t} == {x: "a"}',
  ],
  ...["resource.tags == resource.tags", 'resource.tags == {t: "a"}', 'resource.hasTag("t")', "!resource.arn"],
  ...[
    "9223372036854775807 + context.ttl > 0",
    "true || 9223372036854775807 + 1 > 0",
    'decimal("1.0").lessThan(decimal("2.0"))',
  ],
  ...['resource.arn like "*pii*" && datetime("2026-01-01") < datetime("2027-01-01")', 'ip("1.2.3.4/33").isIpv4()'],
  ...[
    'context.sourceIp.isInRange(ip("192.0.2.0/24"))',
    "context.time.hour >= 13",
    "context.time == {hour: 12, weekday: 2}",
  ],
  ...[
    'principal in Team::"data"',
    'principal.getTag("ref") == "main"',
    'principal.getTag("zz") == "a"',
    'Agent::"reporter".team == "data"',
  ],
  ...['action in Action::"s3:Read"', "context.delegation.chain.containsAny([resource.tags.t])", "context has zz"],
];

const { condition } = fc.letrec<{ condition: string }>((tie) => ({
  condition: fc.oneof(
    { maxDepth: 2, depthSize: "small" },
    { weight: 5, arbitrary: fc.constantFrom(...LEAVES) },
    { weight: 1, arbitrary: tie("condition").map((one) => `!(${one})`) },
    { weight: 1, arbitrary: fc.tuple(tie("condition"), tie("condition")).map(([one, two]) => `(${one}) && (${two})`) },
    { weight: 1, arbitrary: fc.tuple(tie("condition"), tie("condition")).map(([one, two]) => `(${one}) || (${two})`) },
  ),
}));
const clause = fc
  .tuple(fc.constantFrom("when", "when", "unless"), condition)
  .map(([kind, text]) => `${kind} { ${text} }`);
const clauses = fc.array(clause, { minLength: 1, maxLength: 2 }).map((all) => all.join(" "));
const head = fc.constantFrom("resource is AWS::Resource", "resource is AWS::Resource", "resource");
const note = fc.constantFrom("", "", "", "", '@maxTtl("10m") ', "@bindIp ", '@outlives("x") ', '@approval("sre") ');

const permit = fc.oneof(
  fc.constantFrom("permit (principal, action, resource is AWS::Resource);", "permit (principal, action, resource);"),
  fc.tuple(note, head, clauses).map(([terms, on, text]) => `${terms}permit (principal, action, ${on}) ${text};`),
);
const forbid = fc.tuple(head, clauses).map(([on, text]) => `forbid (principal, action, ${on}) ${text};`);

/**
 * Policies from Cedar's grammar, without regard to what the build accepts:
 * https://docs.cedarpolicy.com/policies/syntax-grammar.html
 */
export const anyPolicies = fc
  .tuple(fc.array(permit, { minLength: 1, maxLength: 2 }), fc.array(forbid, { maxLength: 2 }))
  .map((all) => all.flat());
