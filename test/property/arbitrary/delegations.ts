import fc from "fast-check";
import { agentId } from "../../../contract/agent-id.ts";
import { ANY, type Piece } from "./arns.ts";
import type { ArbitraryPolicy } from "./policies.ts";
import { arbitraryScenario, labelsIn, type Scenario } from "./scenarios.ts";

/** Sub-agent of an agent: of its team or of another, under its id or another. */
function helperOf({ id, team: own }: Scenario["asker"]["agent"], isAlike: boolean, isNamed: boolean) {
  const team = isAlike ? own : "other";
  return { id: isNamed ? agentId("helper") : id, owner: "bob", team, labels: labelsIn(team) };
}

/** A scenario whose task delegates, and the scenario of its sub-agent. */
export interface Delegated {
  readonly parent: Scenario;
  readonly child: Scenario;
}

interface Detail {
  readonly account: string;
  readonly actions: readonly string[];
  readonly resources: readonly string[];
  readonly conditions?: object;
}

/** Replacements for a gap: the same, less, or another text. */
const FILLINGS = ["*", "*", "a", "pub/*", "pii*", "x/*"];

const isObject = (text: string): boolean => /^arn:aws:s3:::[^/]+\//.test(text);

/** Derives a sub-agent's detail from one of its parent's. Mostly the same or less, sometimes more or something else. */
export const derived = (detail: Detail): fc.Arbitrary<Detail> =>
  fc
    .record({
      filling: fc.constantFrom(...FILLINGS),
      actions: fc.subarray([...detail.actions], { minLength: 1 }),
      more: fc.constantFrom<readonly string[]>([], [], [], [], ["s3:PutObject"], ["s3:GetObject"]),
      isWider: fc.constantFrom(false, false, false, false, true),
      conditions: fc.constantFrom<"same" | "none" | "other">("same", "none", "none", "none", "other"),
      account: fc.constantFrom("same", "same", "same", "same", "444455556666"),
    })
    .map(({ filling, actions, more, isWider, conditions, account }) => {
      const { conditions: own, ...rest } = detail;
      const conditionsOfChild =
        conditions === "none" ? undefined : conditions === "same" ? own : { StringLike: { "s3:prefix": "*" } };
      return {
        ...rest,
        account: account === "same" ? detail.account : account,
        // An action that does not fit the resource would be an error, and none of the intent would be tried.
        actions: [...new Set([...actions, ...(detail.resources.every(isObject) ? more : [])])],
        resources: detail.resources.map((text) =>
          text === "*" ? text : isWider ? text.replace(/[^/:]+$/, "*") : text.replaceAll("*", filling),
        ),
        ...(conditionsOfChild === undefined ? {} : { conditions: conditionsOfChild }),
      };
    });

/** Forbids that name the parent's agent alone. The child has to inherit them. */
const forParentOnly: fc.Arbitrary<readonly ArbitraryPolicy[]> = fc
  .constantFrom(undefined, "pii", "pub", "a")
  .map((text) => {
    if (text === undefined) return [];
    const pattern: readonly Piece[] = [ANY, text, ANY];
    const head = 'forbid (principal == Agent::"reporter", action, resource is AWS::Resource)';
    return [{ text: `${head} when { resource.arn like "*${text}*" };`, patterns: [pattern] }];
  });

const withForbids = fc
  .tuple(arbitraryScenario, forParentOnly)
  .map(([scenario, forbids]): Scenario => ({ ...scenario, policies: [...scenario.policies, ...forbids] }));

export const arbitraryDelegation: fc.Arbitrary<Delegated> = withForbids.chain((parent) =>
  fc
    .record({
      details: fc.tuple(...(JSON.parse(parent.json) as Detail[]).map(derived)),
      isAlike: fc.constantFrom(true, true, true, false),
      isNamed: fc.constantFrom(true, false),
    })
    .map(({ details, isAlike, isNamed }) => ({
      parent,
      child: {
        ...parent,
        asker: {
          ...parent.asker,
          ancestors: [parent.asker.agent.id],
          // Policies of the generator speak of teams and claims, and of one agent by its id.
          agent: helperOf(parent.asker.agent, isAlike, isNamed),
          claims: isAlike ? parent.asker.claims : { ref: "main" },
        },
        json: JSON.stringify(details),
      },
    })),
);
