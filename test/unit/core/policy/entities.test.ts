import { describe, expect, it } from "vitest";
import { agentId } from "../../../../contract/agent-id.ts";
import type { Pair } from "../../../../functions/core/intent/pairs.ts";
import { type Open, queryFor } from "../../../../functions/core/policy/entities.ts";
import { ACCOUNT, anAsker, onAccount, onObjects, onTool } from "./pairs.ts";

const OBJECT = "arn:aws:s3:::acme/reports/may.csv";
const [AGENT, TEAM] = [
  { type: "Agent", id: "reporter" },
  { type: "Team", id: "data" },
];
const action = (id: string) => ({ type: "Action", id });
const bare = (uid: { readonly type: string; readonly id: string }) => ({ uid, attrs: {}, parents: [] });
const unknown = (name: string) => ({ __extn: { fn: "unknown", arg: name } });
const resourceOf = (pair: Pair, open: Open) => {
  const { resource, entities } = queryFor(pair, anAsker(), open);
  return entities.find(({ uid }) => uid === resource);
};

describe("the question for a pair", () => {
  it("names the agent with its team and claims, the action with its groups, and what is known of the circumstances", () => {
    const read = action("s3:GetObject");
    const target = { type: "AWS::Resource", id: "target" };
    const attrs = { arn: OBJECT, service: "s3", region: "", account: ACCOUNT };
    expect(queryFor(onObjects(OBJECT), anAsker(), "nothing")).toEqual({
      principal: AGENT,
      action: read,
      resource: target,
      context: {
        conditions: [],
        purpose: "monthly report",
        ttl: 900,
        delegation: { depth: 0, chain: [] },
        time: { hour: 12, weekday: 2 },
      },
      entities: [
        {
          uid: AGENT,
          attrs: { id: "reporter", owner: "ada@example.com", team: "data", labels: [] },
          parents: [TEAM],
          tags: { ref: "refs/heads/main" },
        },
        { uid: read, attrs: {}, parents: [action("s3:Read"), action("aws:Read")] },
        { uid: target, attrs, parents: [] },
        bare(TEAM),
        bare(action("s3:Read")),
        bare(action("aws:Read")),
      ],
    });
  });

  it("names the depth below the root, and the agents above, each once", () => {
    const { context } = queryFor(
      onObjects(OBJECT),
      anAsker({ ancestors: [agentId("planner"), agentId("writer"), agentId("planner")] }),
      "nothing",
    );
    expect(context.delegation).toEqual({ depth: 3, chain: ["planner", "writer"] });
  });

  it("names the requester's address as an address, where it is known", () => {
    const { context } = queryFor(onObjects(OBJECT), anAsker({ sourceIp: "192.0.2.7" }), "nothing");
    expect(context.sourceIp).toEqual({ __extn: { fn: "ip", arg: "192.0.2.7" } });
  });

  it.each<[Open, unknown]>([
    ["nothing", { arn: OBJECT }],
    ["tags", { arn: OBJECT, tags: unknown("tags") }],
    ["arn and tags", { arn: unknown("arn"), tags: unknown("tags") }],
  ])("leaves open %s", (open, attrs) => {
    expect(resourceOf(onObjects(OBJECT), open)?.attrs).toEqual({
      service: "s3",
      region: "",
      account: ACCOUNT,
      ...(attrs as object),
    });
  });

  it("is about the account where the action has no resource, and about a tool of its server", () => {
    expect(resourceOf(onAccount(), "nothing")).toEqual({
      uid: { type: "AWS::Account", id: ACCOUNT },
      attrs: { account: ACCOUNT },
      parents: [],
    });
    expect(resourceOf(onTool("tickets", "search"), "nothing")).toEqual({
      uid: { type: "Tool", id: "tickets/search" },
      attrs: { server: "tickets", name: "search" },
      parents: [],
    });
  });
});
