import fc from "fast-check";
import { agentId } from "../../../contract/agent-id.ts";
import { arn, inIam } from "./arns.ts";
import { arbitraryPolicy, PERMIT_ALL } from "./policies.ts";
import { detail, NAMED, type Scenario } from "./scenarios.ts";

type Part = ReturnType<typeof detail> extends fc.Arbitrary<infer T> ? T : never;

const AGENTS = ["reporter", "helper"].map(agentId);
const ADDRESS = "192.0.2.7";

/** A detail's statement in the request. */
const statementOf = ({ targets, actions, conditions }: Part) => ({
  actions,
  resources: targets.map(inIam),
  ...(conditions === null ? {} : { conditions }),
});

/** An intent of these parts: one detail for each part, or the statements of one detail for each account. */
function jsonOf(parts: readonly Part[], isOfStatements: boolean): string {
  const apart = parts.map((part) => ({ type: "aws", account: part.account, ...statementOf(part) }));
  const together = [...Map.groupBy(parts, ({ account }) => account)].map(([account, own]) => ({
    type: "aws",
    account,
    statements: own.map(statementOf),
  }));
  return JSON.stringify(isOfStatements ? together : apart);
}

/**
 * The actions of one part on the targets and under the conditions of the next. A union must not grant this combination.
 */
const mixed = (parts: readonly Part[]): readonly Part[] =>
  parts.map((part, index) => {
    const { targets, conditions } = parts[(index + 1) % parts.length] ?? part;
    return { ...part, targets, conditions };
  });

/**
 * Tasks that request several things in one account, some with conditions. A sub-agent requests parts or mixtures of
 * them.
 */
export const arbitraryUnion: fc.Arbitrary<readonly Scenario[]> = fc
  .uniqueArray(arn, { minLength: 2, maxLength: 4 })
  .chain((arns) =>
    fc
      .record({
        isOpen: fc.constantFrom(true, true, false),
        policies: fc.array(
          fc
            .constantFrom("permit", "permit", "forbid")
            .chain((effect) => arbitraryPolicy(arns, NAMED, effect as "permit")),
          { minLength: 1, maxLength: 5 },
        ),
        parts: fc.array(detail(arns), { minLength: 2, maxLength: 5 }),
        isOfStatements: fc.boolean(),
        below: fc.constantFrom("nothing", "nothing", "parts", "mixtures"),
        retained: fc.array(fc.boolean(), { minLength: 5, maxLength: 5 }),
        claims: fc.constantFrom<Record<string, string>>({}, { ref: "main" }),
        ttlSeconds: fc.constantFrom(900, 3_600),
      })
      .map(({ isOpen, policies, parts, isOfStatements, below, retained, claims, ttlSeconds }) => {
        const asking = (depth: number, requested: readonly Part[]): Scenario => ({
          policies: [...policies, ...(isOpen ? [PERMIT_ALL] : [])],
          asker: {
            agent: { id: AGENTS[depth] ?? agentId("nobody"), owner: "ada", team: "data" },
            claims,
            purpose: "monthly report",
            ttlSeconds,
            sourceIp: ADDRESS,
            ancestors: AGENTS.slice(0, depth),
          },
          json: jsonOf(requested, isOfStatements),
          targets: requested.flatMap((each) => each.targets),
          arns,
        });
        const [first, ...others] = parts;
        const some = first ? [first, ...others.filter((_, index) => retained[index])] : [];
        const child = below === "mixtures" ? mixed(some) : some;
        return below === "nothing" ? [asking(0, parts)] : [asking(0, parts), asking(1, child)];
      }),
  );
