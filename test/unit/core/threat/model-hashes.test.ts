import { describe, expect, it } from "vitest";
import { agentId } from "../../../../contract/agent-id.ts";
import { DEFAULT_LIMITS } from "../../../../contract/limits.ts";
import type { Registration } from "../../../../functions/core/identity/agent.ts";
import type { DeployedThreats } from "../../../../functions/core/threat/deployed-threats.ts";
import { isCovered, isSameModel, modelHashes } from "../../../../functions/core/threat/model-hashes.ts";

const AGENT: Registration = {
  id: agentId("reporter"),
  name: "Reports",
  owner: "staff|ann",
  team: "data",
  labels: ["deployer", "nightly"],
  bindings: [
    { issuer: "github", claims: { repository_id: "42" } },
    { issuer: "mesh", claims: { sub: "reporter" } },
  ],
  limits: DEFAULT_LIMITS,
  createdAt: 1,
};
const THREATS: DeployedThreats = {
  parts: {
    everybody: { sha256: "e1", connectors: [] },
    "team:data": { sha256: "t1", connectors: ["postgres"], within: ["t0"] },
    "team:web": { sha256: "w1", connectors: ["github"] },
    "agent:reporter": { sha256: "a1", connectors: ["postgres", "secret"] },
  },
  connectors: { postgres: { sha256: "p1" }, secret: { sha256: "s1" }, github: { sha256: "g1" } },
  deployment: { deployment: { sha256: "d1" }, "issuer:staff": { sha256: "i1" } },
  issuers: {
    "issuer:staff": { sha256: "i1" },
    "issuer:github": { sha256: "i2" },
    "issuer:mesh": { sha256: "i3" },
    "issuer:other": { sha256: "i4" },
  },
};
const NOW = modelHashes(AGENT, THREATS);

describe("the hashes of an agent's model", () => {
  it("are those of everybody's part, its team's and its own, of their connectors, the deployment, its issuers and its registration", () => {
    expect(NOW).toEqual({
      reach: { everybody: "e1", "team:data": "t1", "agent:reporter": "a1" },
      connectors: { postgres: "p1", secret: "s1" },
      deployment: { deployment: "d1", "issuer:staff": "i1", "issuer:github": "i2", "issuer:mesh": "i3" },
      registration: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
  });

  it("have no part that no policy names, and none by the name of a property that every object has", () => {
    const stranger = modelHashes({ ...AGENT, id: agentId("other"), team: "nobody" }, THREATS);
    expect(stranger.reach).toEqual({ everybody: "e1" });
    const parts = JSON.parse('{"everybody": {"sha256": "e1", "connectors": []}}');
    expect(modelHashes({ ...AGENT, team: "__proto__" }, { ...THREATS, parts }).reach).toEqual({ everybody: "e1" });
  });

  it("do not depend on the order of labels and bindings, on the name, the contact or the number of tasks", () => {
    const same = modelHashes(
      {
        ...AGENT,
        name: "Other",
        contact: "ops@acme.test",
        confirmedAt: 5,
        labels: AGENT.labels?.toReversed() ?? [],
        bindings: AGENT.bindings.toReversed(),
        limits: { ...DEFAULT_LIMITS, liveTasks: 1 },
      },
      THREATS,
    );
    expect(isSameModel(same, NOW)).toBe(true);
  });

  const changes: readonly (readonly [string, Partial<Registration>])[] = [
    ["id", { id: agentId("reporter-2") }],
    ["owner", { owner: "staff|bob" }],
    ["team", { team: "web" }],
    ["labels", { labels: ["deployer"] }],
    ["a claim of a binding", { bindings: [{ issuer: "github", claims: { repository_id: "43" } }] }],
    ["a further binding", { bindings: [...AGENT.bindings, { issuer: "mesh", claims: { sub: "other" } }] }],
    ["the longest task", { limits: { ...DEFAULT_LIMITS, taskSeconds: 60 } }],
  ];
  it.each(changes)("change with the registration's %s, and what was accepted covers it no more", (_what, change) => {
    const after = modelHashes({ ...AGENT, ...change }, THREATS);
    expect(after.registration).not.toBe(NOW.registration);
    expect(isCovered(after, NOW, THREATS)).toBe(false);
  });
});

describe("an accepted model", () => {
  const covers = (accepted: object, now: typeof NOW = NOW, threats = THREATS) =>
    isCovered(now, { ...NOW, ...accepted }, threats);

  it("covers the model where all of it is as it was", () => expect(covers({})).toBe(true));
  it("covers the model where the build has proven a part to lie within the accepted one", () => {
    expect(covers({ reach: { ...NOW.reach, "team:data": "t0" } })).toBe(true);
  });
  it("covers the model where the last use of a connector is gone", () => {
    const { secret: _, ...connectors } = NOW.connectors;
    expect(covers({}, { ...NOW, connectors })).toBe(true);
  });
  it("does not cover the model where a part is gone, which may have excluded something from the others", () => {
    const { "agent:reporter": _, ...reach } = NOW.reach;
    expect(covers({}, { ...NOW, reach })).toBe(false);
  });

  it.each([
    ["a part is another", { reach: { ...NOW.reach, everybody: "e0" } }],
    ["a part was proven within another part's earlier form", { reach: { ...NOW.reach, everybody: "t0" } }],
    ["a part is new", { reach: { "team:data": "t1", "agent:reporter": "a1" } }],
    ["the hash of a part was accepted under another name", { reach: { ...NOW.reach, everybody: "t1", other: "e1" } }],
    ["a connector is configured in another way", { connectors: { ...NOW.connectors, postgres: "p0" } }],
    ["a connector is new", { connectors: { postgres: "p1" } }],
    ["the deployment is configured in another way", { deployment: { ...NOW.deployment, deployment: "d0" } }],
    ["an issuer of its bindings is another", { deployment: { ...NOW.deployment, "issuer:github": "i0" } }],
    ["an issuer is new", { deployment: { deployment: "d1", "issuer:staff": "i1", "issuer:github": "i2" } }],
    ["an earlier version accepted it, which knew no hashes of a deployment", { deployment: undefined }],
    ["the registration is another", { registration: "r0" }],
    ["nothing was accepted", { reach: {}, connectors: {}, deployment: {}, registration: "" }],
  ])("does not cover the model where %s", (_what, accepted) => expect(covers(accepted)).toBe(false));

  it.each([
    ["a connector", { connectors: {} }],
    ["an issuer", { issuers: {} }],
  ])("does not cover the model where the build has no hash of %s", (_what, without) => {
    const broken = { ...THREATS, ...without };
    const now = modelHashes(AGENT, broken);
    expect(isCovered(now, now, broken)).toBe(false);
  });
});
