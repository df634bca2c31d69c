import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { agentId } from "../../contract/agent-id.ts";
import { NOTHING_HOLDS } from "../../functions/core/conditions/holding.ts";
import { accountId } from "../../functions/core/deployment/account-id.ts";
import { regionNamed } from "../../functions/core/deployment/region.ts";
import { parseIntent } from "../../functions/core/intent/parse-intent.ts";
import { spreadIntent } from "../../functions/core/intent/spread-intent.ts";
import { compileSessionPolicy } from "../../functions/core/policy/compile.ts";
import { decide } from "../../functions/core/policy/decide.ts";
import { preparePolicies } from "../../functions/policy/prepare-policies.ts";
import { SECRET_GUARDS, secretGuards } from "../../infra/config/secret-guards.ts";
import { hubScopeOf, ownSecretArnsIn } from "../../infra/hub-scope.ts";
import { ceiling } from "../../infra/target-rights.ts";
import { sessionPolicyAllows } from "../property/iam-oracle.ts";
import { catalogue } from "../unit/core/catalogue/load-catalogue.ts";
import { cedarOf } from "../unit/core/cedar-of.ts";
import { CONFIG } from "./deployed-stacks.ts";
import { allows } from "./iam.ts";

const HUB = accountId("111122223333"); // the hub is a target too
const secret = (name: string) => `arn:aws:secretsmanager:us-east-1:${HUB}:secret:${name}-AbCdEf`;
const OWN = ["valetkey/sealing-key", "databases/orders", "clients/report-registration"];
const REACHING = `permit (principal is Agent, action == Action::"secretsmanager:GetSecretValue", resource is AWS::Resource);`;
const GUARDS = readFileSync(new URL("../../policies/guards.cedar", import.meta.url), "utf8");

describe("valetkey's own secrets", () => {
  const texts = [
    REACHING,
    ...GUARDS.split("\n\n").filter((text) => text.includes('"secretsmanager"')),
    ...secretGuards(OWN.slice(1), HUB).text.split("\n\n"),
  ];

  it.each(OWN)("I2: %s is granted to no agent, however wide its permit is", (name) => {
    expect(decided(secret(name))).toMatchObject({ denied: { denial: { reason: expect.stringContaining("forb") } } });
  });

  it("I2: are denied by the session policy of an agent that requested every secret", async () => {
    const verdict = decided(`arn:aws:secretsmanager:us-east-1:${HUB}:secret:*`);
    if (!("permitted" in verdict)) throw new Error("not permitted");
    const { text } = compileSessionPolicy([verdict.permitted], { fenceAt: 4_000_000_000 });
    const reads = (resource: string, tags = {}) =>
      sessionPolicyAllows(text, { action: "secretsmanager:GetSecretValue", resource, resourceAccount: HUB, tags });
    expect(await Promise.all(OWN.map((name) => reads(secret(name))))).toEqual([false, false, false]);
    expect(await reads(secret("app/settings"))).toBe(true);
    expect(await reads(secret("app/settings"), { "valetkey:managed": "true" })).toBe(false);
    expect(await reads(secret("app/settings"), { "valetkey:managed": "false" })).toBe(true);
  });

  it.each(OWN)("I2: %s is beyond the ceiling of the hub's account, whatever that account lists", async (name) => {
    const scope = hubScopeOf({ ...CONFIG, hub: { ...CONFIG.hub, account: HUB } });
    const { allow, deny } = ceiling("aws", ["secretsmanager:*"], ownSecretArnsIn(HUB, scope));
    for (const action of ["secretsmanager:GetSecretValue", "secretsmanager:PutSecretValue"])
      expect(await allows([...allow, ...deny], { action, resource: secret(name) })).toBe(false);
    const call = { action: "secretsmanager:GetSecretValue", resource: secret("app/settings") };
    expect(await allows([...allow, ...deny], call)).toBe(true);
  });

  it("of the hub are no other account's", () => {
    expect(ownSecretArnsIn("444455556666", hubScopeOf(CONFIG))).toEqual([]);
  });

  function decided(target: string) {
    const json = JSON.stringify([
      { type: "aws", account: HUB, actions: ["secretsmanager:GetSecretValue"], resources: [target] },
    ]);
    const [first] = spreadIntent(
      parseIntent(json, {
        deployment: { accounts: [{ id: HUB, region: regionNamed("us-east-1"), taskRoles: 1 }] },
        catalogue,
      }),
      catalogue,
    );
    const [pair] = first?.pairs ?? [];
    if (!pair) throw new Error("no pair");
    return decide(pair, { ...ASKER, atMs: Date.parse("2026-11-26T12:00:00Z") }, cedarOf(texts));
  }
});

describe("the guards that the build adds", () => {
  it("pass its checks, whatever secrets are called", () => {
    const guards = secretGuards(["rds!db-1/x+y=z.@", "databases/orders"], HUB);
    const { policies } = preparePolicies(fileURLToPath(new URL("../../policies/", import.meta.url)), catalogue, [
      guards,
    ]);
    expect(policies.map(({ id }) => id)).toEqual(expect.arrayContaining(Object.values(SECRET_GUARDS)));
  });

  it("name no secret where the configuration names none", () => {
    expect(secretGuards([], HUB).text).not.toContain(SECRET_GUARDS.byName);
  });
});

const ASKER = {
  agent: { id: agentId("any"), owner: "o", team: "t" },
  claims: {},
  purpose: "p",
  ttlSeconds: 900,
  sourceIp: "203.0.113.7",
  conditions: NOTHING_HOLDS,
};
