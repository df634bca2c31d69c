import { readFileSync } from "node:fs";
import fc from "fast-check";
import { agentId } from "../../../contract/agent-id.ts";
import { errorsIn } from "../../../functions/policy/clauses/errors-in.ts";
import { checkPolicy } from "../../../functions/policy/read/check-policy.ts";
import type { Finding } from "../../../functions/policy/read/finding.ts";
import { inspectPolicies } from "../../../functions/policy/read/inspect-policies.ts";
import { PolicyTextError, parsePolicies } from "../../../functions/policy/read/parse-policies.ts";
import { catalogue } from "../../unit/core/catalogue/load-catalogue.ts";
import { ANY, arn, inIam, type Piece } from "./arns.ts";
import { derived } from "./delegations.ts";
import { grammar } from "./grammar.ts";
import { type ArbitraryPolicy, type Expression, PERMIT_ALL, WATCHED } from "./policies.ts";
import { detail, labelsIn, NAMED, type Scenario } from "./scenarios.ts";

/**
 * A task, its sub-agent's task, and that one's sub-agent's. Each requests the same as the task above, or less, or
 * something else. The root is first.
 */
type Tree = readonly Scenario[];

const TAGS = ["team", "env", "owner", "cost-center", "Team", "a:b"];
const VALUES = [
  "data",
  "ops",
  "prod",
  "",
  "da*",
  "a?b",
  "${x}",
  "$",
  "\u0142",
  "\u00ff",
  "a b",
  "Data",
  "x\ny",
  "reporter",
];
const AGENTS = ["reporter", "helper", "planner"].map(agentId);

/** A policy as a person could write it, and many as nobody would. */
function policy(
  arns: readonly string[],
  tags: readonly string[],
  values: readonly string[],
): fc.Arbitrary<ArbitraryPolicy> {
  const condition = grammar({ arns, tags, values });
  const clause = fc
    .tuple(fc.constantFrom("when", "when", "unless"), condition)
    .map(([kind, { text, patterns }]): Expression => ({ text: `${kind} { ${text} }`, patterns }));
  return fc
    .record({
      effect: fc.constantFrom("permit", "forbid"),
      principal: fc.constantFrom(
        ...["principal", "principal", "principal", "principal"],
        'principal in Team::"data"',
        'principal == Agent::"reporter"',
      ),
      action: fc.oneof(
        { weight: 3, arbitrary: fc.constant("action") },
        { weight: 1, arbitrary: fc.constantFrom('action in Action::"s3:Read"', 'action in Action::"aws:Write"') },
        { weight: 1, arbitrary: fc.constantFrom(...NAMED).map((name) => `action == Action::"${name}"`) },
      ),
      clauses: fc.oneof(
        { weight: 3, arbitrary: clause.map((one) => [one]) },
        { weight: 1, arbitrary: fc.tuple(clause, clause) },
      ),
      terms: fc.oneof(
        { weight: 6, arbitrary: fc.constant("") },
        { weight: 1, arbitrary: fc.constantFrom('@maxTtl("5m") ', "@bindIp ", '@approval("sre") ') },
      ),
      isWatched: fc.oneof({ weight: 12, arbitrary: fc.constant(false) }, { weight: 1, arbitrary: fc.constant(true) }),
    })
    .map(({ effect, principal, action, clauses, terms, isWatched }) => ({
      text:
        `${isWatched ? WATCHED : ""}${effect === "permit" ? terms : ""}${effect} (${principal}, ${action}, resource is AWS::Resource)` +
        `${clauses.map(({ text }) => ` ${text}`).join("")};`,
      patterns: clauses.flatMap(({ patterns }) => patterns),
    }));
}

const PATH = new URL("../../../policies/schema.cedarschema", import.meta.url);
const SCHEMA = { path: "schema.cedarschema", text: readFileSync(PATH, "utf8") };

/**
 * Policies that the build accepts, as far as can be checked without a schema. The check with the schema takes long, so
 * only `built` makes it.
 */
const readable = (policies: readonly ArbitraryPolicy[]): readonly ArbitraryPolicy[] =>
  policies.filter(({ text }) => {
    try {
      const [read] = parsePolicies({ name: "", path: "", text });
      return read !== undefined && checkPolicy(read, catalogue).every(isProvability);
    } catch (error) {
      if (error instanceof PolicyTextError) return false;
      throw error;
    }
  });

/** The world with only the policies that the build accepts. With any of the others nothing would be deployed. */
export function built(world: Tree): Tree {
  const policies = world[0]?.policies ?? [];
  const files = policies.map(({ text }, index) => ({ name: `${index}`, path: `${index}`, text }));
  const inspected = inspectPolicies(files, SCHEMA, catalogue);
  const errors = errorsIn(inspected, catalogue).filter((each) => !isProvability(each));
  const wrong = new Set(errors.map(({ file }) => file));
  const accepted = policies.filter((_, index) => !wrong.has(String(index)));
  return world.map((scenario) => ({ ...scenario, policies: accepted }));
}

/**
 * True for a finding that a deployment in observe mode may have: a policy that cannot be proven. The compiler has to be
 * right about such a policy, too.
 */
const isProvability = ({ code }: Finding): boolean => code === "not_provable";

/** Most decisions are planned at once; some as the hour, or the day, is about to end, and some after it has. */
const CLOCKS = [
  ["12:45:00", "12:45:00"],
  ["12:50:00.250", "12:50:00.750"],
  ["12:59:58.500", "12:59:59.500"],
  ["12:59:59.900", "13:00:00.100"],
  ["23:59:30", "23:59:31"],
].map(([decided, planned]) => ({
  decidedAtMs: Date.parse(`2026-11-24T${decided}Z`),
  plannedAtMs: Date.parse(`2026-11-24T${planned}Z`),
}));

/** Tags of resources: those that policies name and near misses, in other spellings of the name too. */
const tagSets = (tags: readonly string[], values: readonly string[]) => {
  const value = fc.constantFrom(
    ...values,
    ...values.map((each) => `${each}x`),
    ...values.map((each) => each.slice(0, -1)),
  );
  const name = fc.oneof(
    { weight: 12, arbitrary: fc.constantFrom(...tags) },
    { weight: 1, arbitrary: fc.constantFrom(...tags).map((tag) => tag.toUpperCase()) },
  );
  const some = fc
    .array(fc.tuple(name, value), { maxLength: tags.length + 1 })
    .map((pairs): Readonly<Record<string, string>> => Object.fromEntries(pairs));
  return fc.array(some, { minLength: 6, maxLength: 9 }).map((sets) => [{}, ...sets]);
};

/** Worlds whose policies come from Cedar's grammar. */
export const arbitraryTree: fc.Arbitrary<Tree> = fc
  .tuple(
    fc.uniqueArray(arn, { minLength: 1, maxLength: 3 }),
    fc.subarray(TAGS, { minLength: 1, maxLength: 3 }),
    fc.subarray(VALUES, { minLength: 2, maxLength: 4 }),
  )
  .chain(([arns, tags, values]) =>
    fc
      .record({
        isOpen: fc.boolean(),
        policies: fc.array(policy(arns, tags, values), { minLength: 1, maxLength: 4 }),
        details: fc.array(detail(arns), { minLength: 1, maxLength: 2 }),
        teams: fc.array(fc.constantFrom("data", "data", "other"), { minLength: 3, maxLength: 3 }),
        claims: fc.constantFrom<Record<string, string>>({}, { ref: "main" }, { ref: "data" }),
        purpose: fc.constantFrom("monthly report", "data", "\u0142"),
        ttlSeconds: fc.constantFrom(300, 900, 3_600),
        sourceIp: fc.constantFrom("192.0.2.7", "192.0.2.7", "2001:db8::1"),
        clock: fc.constantFrom(...CLOCKS),
        tagSets: tagSets(tags, values),
        below: fc.constantFrom(0, 0, 1, 2),
      })
      .chain(({ isOpen, policies, details, teams, claims, purpose, ttlSeconds, sourceIp, clock, tagSets, below }) => {
        const named = details.map(({ targets, actions, account, conditions }) => ({
          type: "aws",
          account,
          actions,
          resources: targets.map(inIam),
          ...(conditions === null ? {} : { conditions }),
        }));
        const scenarioAt = (depth: number, details: typeof named): Scenario => ({
          policies: [...readable(policies), ...(isOpen ? [PERMIT_ALL] : [])],
          asker: {
            agent: {
              id: AGENTS[depth] ?? agentId("nobody"),
              owner: "ada",
              team: teams[depth] ?? "",
              labels: labelsIn(teams[depth] ?? ""),
            },
            claims,
            purpose,
            ttlSeconds,
            sourceIp,
            ancestors: AGENTS.slice(0, depth),
          },
          json: JSON.stringify(details),
          targets: targetsOf(details),
          arns,
          clock,
          tagSets,
        });
        const root = scenarioAt(0, named);
        if (below === 0) return fc.constant<Tree>([root]);
        return fc
          .tuple(...named.map(belowIt))
          .chain((second) =>
            fc
              .tuple(...second.map(belowIt))
              .map(
                (third): Tree =>
                  [root, scenarioAt(1, second as typeof named), scenarioAt(2, third as typeof named)]
                    .map((each) => ({ ...each, policies: root.policies }))
                    .slice(0, below + 1),
              ),
          );
      }),
  );

/** Detail that a sub-agent requests: often the same as the task above has. */
const belowIt = (detail: Parameters<typeof derived>[0]) =>
  fc.oneof({ weight: 2, arbitrary: fc.constant(detail) }, { weight: 3, arbitrary: derived(detail) });

const targetsOf = (details: readonly { readonly resources: readonly string[] }[]) =>
  details.flatMap(({ resources }) => resources.map(piecesOf));

const piecesOf = (target: string): readonly Piece[] =>
  target.split("*").flatMap((text, index): Piece[] => (index === 0 ? [text] : [ANY, text]));
