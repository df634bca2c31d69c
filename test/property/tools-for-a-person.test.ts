import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { giveConsent } from "../fakes/samples/given-consent.ts";
import { FakeService } from "../fakes/world/service.ts";
import { fakeWorld, policiesWith } from "../fakes/world/world.ts";

const TOOLS = ["search", "read", "comment", "close", "delete"] as const;
type Tools = readonly string[];
const some = fc.uniqueArray(fc.constantFrom(...TOOLS), { minLength: 1 });

/** Permits these tools to a principal. */
const permits = (id: string, principal: string, tools: Tools): string =>
  `@id("${id}") permit (principal is ${principal}, action == Action::"tool:Call", resource is Tool)
when { ${JSON.stringify(tools)}.contains(resource.name) };`;
const GIVES = '@id("gives") permit (principal is User, action == Action::"valetkey:GiveConsent", resource);';
const detailsOf = (tools: Tools) => [{ type: "tool", server: "tickets", tools }];

/** Tools that a task for a person is granted of those it requested. */
async function granted(
  requested: Tools,
  { agent, person, ceiling }: Record<"agent" | "person", Tools> & { ceiling?: Tools },
) {
  const policies = policiesWith(
    [permits("agents", "Agent", agent), permits("people", "User", person), GIVES].join("\n"),
  );
  const service = new FakeService(fakeWorld({ policies }));
  if (ceiling) await giveConsent(service, { authorization_details: detailsOf(ceiling) });
  const token = service.world.personToken(ceiling ? { may_act: undefined } : {});
  const form = { authorization_details: JSON.stringify(detailsOf(requested)), mode: "narrow" };
  const { body } = await service.exchangeFor(token, form);
  const details = (body.authorization_details ?? []) as readonly { readonly tools: Tools }[];
  return details.flatMap(({ tools }) => tools).sort();
}

describe("B1: a task for a person is granted only the tools of a connector that both the agent and the person may use", () => {
  it("within the person's consent, for any policies, consents and requests", async () => {
    const limits = fc.record({ agent: some, person: some, ceiling: some }, { requiredKeys: ["agent", "person"] });
    await fc.assert(
      fc.asyncProperty(some, limits, async (requested, { ceiling, ...both }) => {
        const limited = [both.agent, both.person, ...(ceiling ? [ceiling] : [])] as readonly Tools[];
        const expected = requested.filter((tool) => limited.every((each) => each.includes(tool)));
        const given = ceiling ? { ...both, ceiling } : both;
        expect(await granted(requested, given)).toEqual([...expected].sort());
      }),
      { numRuns: 60 },
    );
  });
});
