import { Template } from "aws-cdk-lib/assertions";
import * as v from "valibot";
import { describe, expect, it } from "vitest";
import { rightsOfProbes } from "../../client/doctor/aws/assumptions/rights.ts";
import { accountId } from "../../functions/core/deployment/account-id.ts";
import { regionNamed } from "../../functions/core/deployment/region.ts";
import { hubPrefix, TAKEN_WORDS } from "../../infra/config/hub-prefix.ts";
import { hubScopeOf } from "../../infra/hub-scope.ts";
import { ownResources } from "../../infra/own-resources.ts";
import { CONFIG, deployedStacks } from "./deployed-stacks.ts";
import { SCOPE } from "./tested-hub.ts";
import { admittedBy, allNames, hubWith, patternsOf, reachOf, templatesOf, thingsOf } from "./two-hubs.ts";

const [FIRST, SECOND] = [hubWith(), hubWith("valetkey-emea")];
const names = allNames(FIRST);

describe("two hubs in one account and Region, with the same target accounts", () => {
  it("have no name in common", () => {
    const others = new Set(allNames(SECOND));
    expect(others.size).toBe(new Set(names).size);
    expect(names.length).toBeGreaterThan(150);
    // The witness is a bucket of the configuration, with a folder for each hub.
    expect(names.filter((name) => others.has(name))).toEqual(["AWS::S3::Bucket acme-second-place"]);
  });

  it.each([
    ["the first", FIRST, SECOND],
    ["the second", SECOND, FIRST],
  ])("I5: %s has no right over a thing of the other, and one over each kind of its own", (_, one, other) => {
    expect(reachOf(one, thingsOf(other))).toEqual([]);
    const own = reachOf(one, thingsOf(one)).join("\n");
    for (const kind of ["dynamodb", "sqs", "events", "lambda", "logs", "s3", "secretsmanager", "kms"])
      expect(own).toContain(` arn:aws:${kind}:`);
    expect(own).toMatch(/^exchange sts:AssumeRole.* arn:aws:iam::111122223333:role\/valetkey(-emea)?-task-0$/m);
    expect(own).toMatch(/^revoker 111122223333 iam:PutRolePolicy/m);
  });

  it("are admitted to nothing of the other's: not to roles, the bus, keys, buckets, or the witness", () => {
    expect(admittedBy(FIRST)).not.toContain("valetkey-emea");
    expect(admittedBy(SECOND).replaceAll(/valetkey-(emea|archive-emea|probe)/g, "")).not.toMatch(
      /valetkey[-/]|(table|event-bus)\/valetkey/,
    );
  });

  it("would meet where the word began a name of the first: which is refused", () => {
    expect(reachOf(FIRST, thingsOf(hubWith("valetkey-task")))).toContain(
      "exchange sts:AssumeRole,sts:TagSession,sts:SetSourceIdentity arn:aws:iam::999900001111:role/valetkey-task-register",
    );
    expect(v.safeParse(hubPrefix, "valetkey-task").success).toBe(false);
  });

  it("let no task of either at what the other has", () => {
    const denied = ownResources("aws").map((pattern) => new RegExp(`^${pattern.replaceAll("*", ".*")}`));
    const things = [...thingsOf(FIRST), ...thingsOf(SECOND)]
      .map(({ arn }) => arn)
      // IAM is beyond every ceiling, a key has its own policy, and a leased secret is the policies' matter (infra/config/secret-guards.ts).
      .filter((arn) => !/:iam:|:kms:|a\/leased|second-place/.test(arn));
    expect(things.filter((arn) => !denied.some((pattern) => pattern.test(arn)))).toEqual([]);
    expect(things.length).toBeGreaterThan(100);
  });
});

describe("the prefix", () => {
  it("leaves each template byte for byte, where it is the one that every hub has", () => {
    expect(templatesOf(hubWith("valetkey"))).toEqual(templatesOf(FIRST));
    const texts = (config: typeof CONFIG) => {
      const { hub, targets } = deployedStacks(config);
      return [hub, ...targets].map((stack) => JSON.stringify(Template.fromStack(stack).toJSON()));
    };
    expect(texts({ ...CONFIG, prefix: "valetkey" })).toEqual(texts(CONFIG));
  });

  it("of today is in the names of everything that stores data: another name would be another table, key or bucket", () => {
    const { account, region } = SCOPE;
    expect(
      hubScopeOf({ hub: { account: accountId(account), region: regionNamed(region) }, accounts: [] }),
    ).toMatchObject({
      ...{ tableName: SCOPE.tableName, archiveBucket: SCOPE.archiveBucket, busName: SCOPE.busName },
      ...{ archiveKeyAlias: SCOPE.archiveKeyAlias, proofsKeyAlias: SCOPE.proofsKeyAlias },
    });
    expect(names).toEqual(
      expect.arrayContaining(["signet", "person-tags"].map((name) => `AWS::SecretsManager::Secret valetkey/${name}`)),
    );
  });

  it("takes no word that would make a name of the other hub, or one that a pattern of the other matches", () => {
    const all = new Set(names);
    const made = names.flatMap((name) => {
      const [, kind, word, rest] = /^(.* )valetkey-([a-z0-9]+)-(.*)$/.exec(name) ?? [];
      return word !== undefined && all.has(`${kind}valetkey-${rest}`) ? [word] : [];
    });
    const patterns = [...admittedBy(FIRST).matchAll(/valetkey-([a-z0-9]+)-[^"]*\*/g), ...patternsOf(FIRST)].map(
      ([, word]) => word,
    );
    // The probes have rights over every name with the marker. A hub of that name would be within these rights.
    const probes = JSON.stringify(rightsOfProbes({ partition: "aws", account: SCOPE.account, region: SCOPE.region }));
    const probed = [...probes.matchAll(/valetkey-([a-z0-9]+)-\*/g)].map(([, word]) => word);
    expect(TAKEN_WORDS).toEqual(new Set([...made, ...patterns, ...probed]));
    for (const word of TAKEN_WORDS) expect(v.safeParse(hubPrefix, `valetkey-${word}`).success).toBe(false);
  });

  it.each(["valetkey", "valetkey-emea", "valetkey-b2", "valetkey-tasks"])("may be %s", (prefix) => {
    expect(v.safeParse(hubPrefix, prefix).success).toBe(true);
  });

  it.each([
    "",
    "emea",
    "valetkey-",
    "valetkey-Emea",
    "valetkey-2",
    "valetkey-a-b",
    "valetkey_b",
    "valetkey-emea\n",
    "valetkey-abcdefghijklm",
  ])("may not be %j", (prefix) => {
    expect(v.safeParse(hubPrefix, prefix).success).toBe(false);
  });
});
