import { describe, expect, it } from "vitest";
import { namedActions } from "../../../functions/policy/clauses/heads.ts";
import { policyFiles } from "../../../functions/policy/read/files-in.ts";
import { parsePolicies } from "../../../functions/policy/read/parse-policies.ts";
import { everyAction } from "../core/catalogue/load-catalogue.ts";
import { POLICIES } from "./run-policy.ts";

const guards = policyFiles(POLICIES)
  .filter(({ name }) => name === "guards.cedar")
  .flatMap(parsePolicies);
const listOf = (id: string): readonly string[] => {
  const guard = guards.find(({ policy }) => policy.id === id);
  return (guard && namedActions(guard.json)) ?? [];
};
const isWrite = (levels: readonly string[]) => levels.some((level) => level !== "List" && level !== "Read");

describe("the guards", () => {
  it("forbid, and nothing else", () => {
    expect(guards.length).toBeGreaterThan(8);
    for (const { policy } of guards) expect([policy.effect, policy.annotations.mode]).toEqual(["forbid", undefined]);
  });

  it("name every action of IAM that is more than a look, as the catalogue has them now, but the one that accounts make exceptions for", () => {
    const writes = everyAction().filter(({ service, levels }) => service === "iam" && isWrite(levels));
    expect([...listOf("guard-iam"), "iam:PassRole"].toSorted()).toEqual(writes.map(({ name }) => name).toSorted());
  });

  it("name every action of Organizations", () => {
    const all = everyAction().filter(({ service }) => service === "organizations");
    expect(listOf("guard-organizations").toSorted()).toEqual(all.map(({ name }) => name).toSorted());
  });

  it("name every way to assume a role", () => {
    const assuming = everyAction().filter(({ name }) => name.startsWith("sts:Assume"));
    expect(assuming.length).toBeGreaterThan(3);
    expect(listOf("guard-sessions")).toEqual(expect.arrayContaining(assuming.map(({ name }) => name)));
  });

  it("name every deletion of a log, a trail, a recorder and a key", () => {
    const deletions =
      /^(logs:Delete(LogGroup|LogStream|RetentionPolicy|Delivery|Destination)|cloudtrail:Delete(Trail|EventDataStore|Channel)|config:DeleteConfigurationRecorder|kms:(ScheduleKeyDeletion|DeleteImportedKeyMaterial|DisableKey))$/;
    const named = ["guard-logs", "guard-trail", "guard-recorder", "guard-keys"].flatMap(listOf);
    expect(named).toEqual(
      expect.arrayContaining(
        everyAction()
          .map(({ name }) => name)
          .filter((name) => deletions.test(name)),
      ),
    );
  });
});
