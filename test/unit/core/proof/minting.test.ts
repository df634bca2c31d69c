import { describe, expect, it } from "vitest";
import { groupsOf as groupsOfCatalogue } from "../../../../functions/core/catalogue/groups-of.ts";
import { groupsOf, mints } from "../../../../functions/core/proof/aws/minting.ts";
import * as TABLES from "../../../../functions/core/proof/aws/minting-names.ts";
import { actionOf, everyAction } from "../catalogue/load-catalogue.ts";
import { against, allow, answerTo, PERMIT, PROVEN, textOf } from "./ask.ts";

const EVERY = everyAction();
const KEY = "arn:aws:kms:us-east-1:111122223333:key/k";

/** Actions of which the two readings differ, with the reason. */
const REVIEWED: Readonly<Record<string, string>> = {
  "lightsail:CreateRelationalDatabaseSnapshot": "takes no login: the catalogue's star has it too, and refuses more",
  "neptune-graph:CreateGraphSnapshot": "cannot be public: the catalogue's star has it too, and refuses more",
  "timestream-influxdb:CreateDbBackup": "takes no login: the catalogue's star has it too, and refuses more",
  "timestream-influxdb:CreateDbParameterGroup": "takes no login: the catalogue's star has it too, and refuses more",
};

describe("I2: the proof's own reading of what mints", () => {
  it("agrees with the catalogue's of every action, but for reviewed ones", () => {
    // A copy, since an answer is remembered for each action.
    const differing = EVERY.filter((action) => mints({ ...action }) !== action.mints).map(({ name }) => name);
    expect(differing.toSorted()).toEqual(Object.keys(REVIEWED).toSorted());
  });

  it("is the more lenient of the two where they differ: the compiler grants nothing that the proof refuses", () => {
    expect(EVERY.filter((action) => mints(action) && !action.mints)).toEqual([]);
  });

  it("has groups of its own, which are the catalogue's", () => {
    for (const action of EVERY)
      if (!(action.name in REVIEWED)) expect(groupsOf(action)).toEqual(groupsOfCatalogue(action));
  });

  it.each(Object.entries(TABLES))("names actions of the catalogue, and each once: %s", (_table, text) => {
    const names = text
      .trim()
      .split("\n")
      .flatMap((line) => {
        const [service = "", all = ""] = line.trim().split(": ");
        return all.split(" ").map((name) => `${service}:${name}`);
      });
    expect(new Set(names).size).toBe(names.length);
    const isNamed = (name: string) =>
      EVERY.some((action) =>
        name.endsWith("*") ? action.name.startsWith(name.slice(0, -1)) : (action.name as string) === name,
      );
    expect(names.filter((name) => !isNamed(name))).toEqual([]);
  });

  it("is not the catalogue's mark: an action that the catalogue forgot is not proven", () => {
    const [grant, decrypt] = [actionOf("kms:CreateGrant"), actionOf("kms:Decrypt")];
    expect([mints({ ...grant, mints: false }), mints({ ...decrypt, mints: true })]).toEqual([true, false]);
    expect(groupsOf({ ...grant, mints: false })).toEqual([]);
  });

  it("decides whether a permit without @outlives permits the action, and whether a group has it", () => {
    for (const [permit, answer] of [
      [PERMIT, "no permit"],
      ['@outlives("yes") permit (principal, action in Action::"aws:Write", resource);', "no permit"],
    ] as const)
      expect(answerTo(textOf(allow("kms:CreateKey", "*"), allow("kms:CreateGrant", KEY)), [permit])).toMatchObject(
        against({ objection: answer }),
      );
    expect(answerTo(textOf(allow("kms:CreateGrant", KEY)), [`@outlives("yes") ${PERMIT}`])).toEqual(PROVEN);
  });

  it.each([
    "CreateApiKey",
    "GetFooToken",
    "AssumeFoo",
    "PutResourcePolicy",
    "CreatePresignedFooUrl",
    "IssueCertificate",
    "CreateFooKeyPair",
    "PutFooResourcePolicy",
    "PutResourcePermission",
    "TagResource",
  ])("knows by its words an action of a service that is new: %s", (name) => {
    expect(mints(anewAction(name))).toBe(true);
  });

  it.each([
    ...["ReCreateApiKey", "CreateTokenList", "DoGetCredentials", "ReAssumeX", "XCallWithBearerToken"],
    ...["CallWithBearerTokens", "CreatePresignedUrlList", "GetStreamingURLStatus", "GetStreamingSessionURLStatus"],
    ...["GetLoginUrlStatus", "ReCreateFooCredentialProvider", "CreateFooCredentialProviders", "CreateKeyPairs"],
    ...["ReCreateLoginProfile", "CreateLoginProfiles", "ReIssueCertificate", "ResetPasswords", "RePutResourcePolicy"],
    ...["PutResourcePolicyX", "RePutAccessPolicy", "PutAccessPolicyX", "RePutGroupPolicy", "PutGroupPolicyX"],
    ...["ReTagResource", "TagResources"],
  ])("takes no word for a part of a longer name: %s", (name) => {
    expect(mints(anewAction(name))).toBe(false);
  });
});

const anewAction = (name: string) => ({
  ...actionOf("s3:GetObject"),
  name: `new:${name}` as never,
  service: "new",
});
