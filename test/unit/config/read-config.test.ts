import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { deploymentOf, readConfig } from "../../../infra/config/read-config.ts";
import { folderWith } from "../policy-tools/folder.ts";
import { APP, CLIENT, fileWith, GITHUB, GOOD, OAUTH, RESTORED, read, root, STAFF, VPC } from "./sample-config.ts";

describe("the configuration", () => {
  it("is read unchanged", () => {
    expect(read({})).toEqual(GOOD);
  });

  it.each(["valetkey.json", "local/valetkey.json"])("that is shipped as %s can be used", (file) => {
    expect(deploymentOf(readConfig(root(file))).issuers.length).toBeGreaterThan(0);
  });

  const issuer = (changes: Readonly<Record<string, unknown>>) => ({ issuers: [{ ...GITHUB, ...changes }, STAFF] });
  const account = (changes: Readonly<Record<string, unknown>>) => ({ accounts: [{ ...GOOD.accounts[0], ...changes }] });

  const oauth = (changes: Readonly<Record<string, unknown>>) => ({ oauthProviders: [{ ...OAUTH, ...changes }] });
  const app = (changes: Readonly<Record<string, unknown>>) => ({ githubApps: [{ ...APP, ...changes }] });

  it("retains a pool that was made smaller, and an account that was retired; what is retired has no canary", () => {
    const accounts = [
      { ...GOOD.accounts[0], taskRoles: 4, formerTaskRoles: 8 },
      { ...GOOD.accounts[0], id: "444455556666", retired: true },
    ];
    const deployment = deploymentOf(read({ accounts }));
    expect(deployment.accounts).toEqual(accounts);
    expect(deployment.receipts.probed).toEqual(["111122223333"]);
  });

  it.each<[string, Record<string, unknown>, string]>([
    ["no more roles before than now", account({ formerTaskRoles: 8 }), "accounts: 111122223333 has formerTaskRoles"],
    ["nothing but retired accounts", account({ retired: true }), "accounts: all are retired"],
    [
      "more accounts than a hub takes",
      { accounts: Array.from({ length: 501 }, (_, index) => ({ ...GOOD.accounts[0], id: String(10 ** 11 + index) })) },
      "accounts: ",
    ],
    [
      "more task roles than a hub looks after",
      {
        accounts: Array.from({ length: 51 }, (_, index) => ({
          ...GOOD.accounts[0],
          id: String(10 ** 11 + index),
          taskRoles: 1,
          formerTaskRoles: 100,
        })),
      },
      "accounts: 5100 task roles together, of 5000",
    ],
    ["an account that is not retired, in words", account({ retired: false }), "accounts.0.retired: "],
    ["an unknown field", { stage: "prod" }, "stage: "],
    [
      "an anchor in the hub's own account",
      { archive: { anchor: { bucket: "acme-anchor", account: "999900001111" } } },
      "archive.anchor: it is in the hub's account",
    ],
    ["a restore at no time", { restoredAt: "yesterday" }, "restoredAt: an instant such as"],
    ["a restore in a thirteenth month", { restoredAt: "2026-13-27T13:00:00Z" }, "restoredAt: 2026-13-27T13:00:00Z is"],
    ["a restored table without its moment", { table: RESTORED }, "table: a restored table needs restoredAt"],
    [
      "another account's stream",
      {
        restoredAt: "2026-11-27T13:00:00Z",
        table: { ...RESTORED, stream: RESTORED.stream.replace("999900001111", "111122223333") },
      },
      "table.stream: it is not a stream of valetkey-2",
    ],
    [
      "a copy from after its restore",
      { restoredAt: "2026-11-27T13:00:00Z", table: { ...RESTORED, copiedAt: "2026-11-27T13:00:01Z" } },
      "table.copiedAt: 2026-11-27T13:00:01Z is not before restoredAt",
    ],
    ["no hub", { hub: undefined }, "hub: "],
    ...["us-iso-east-1", "us-isob-east-1", "eu-isoe-west-1", "eusc-de-east-1"].map(
      (region): [string, Record<string, unknown>, string] => [
        `a hub in a partition that is not known here: ${region}`,
        { hub: { ...GOOD.hub, region } },
        "hub.region: a Region such as eu-central-1, of the partition aws, aws-cn or aws-us-gov",
      ],
    ),
    ["a hub in no Region", { hub: { ...GOOD.hub, region: "Frankfurt" } }, "hub.region: a Region such as eu-central-1"],
    ["an account of eleven digits", { hub: { ...GOOD.hub, account: "1".repeat(11) } }, "hub.account: an account id"],
    ["no url", { url: undefined }, "url: "],
    ["a url that is not https", { url: "http://valetkey.example.com" }, "url: an https URL without query"],
    ["a url with a query", { url: "https://valetkey.example.com/?a" }, "url: an https URL without query"],
    ["a url with a password", { url: "https://u:p@valetkey.example.com" }, "url: an https URL without query"],
    ["a loopback url with a password", { url: "http://127.0.0.1:1@example.com" }, "url: an https URL"],
    ["a url that only begins like loopback", { url: "http://localhost.example.com" }, "url: an https URL"],
    ["no issuers", { issuers: [] }, "issuers: "],
    ["more than all endings", { receipts: { sample: 1.01 } }, "receipts.sample: "],
    ["fewer than none", { receipts: { sample: -0.1 } }, "receipts.sample: "],
    ["a misspelt field of receipts", { receipts: { samples: 1 } }, "receipts.samples: "],
    ["half a recertification", { recertification: { everyDays: 90 } }, "recertification.warnDays: "],
    [
      "a recertification each moment",
      { recertification: { everyDays: 0, warnDays: [] } },
      "recertification.everyDays: ",
    ],
    [
      "a warning before there was a confirmation",
      { recertification: { everyDays: 14, warnDays: [14, 3] } },
      "recertification: a warning 14 days before",
    ],
    ["an issuer of no kind", issuer({ kind: "robots" }), "issuers.0.kind: "],
    ["an unknown preset", issuer({ preset: "okta" }), "issuers.0.preset: "],
    ["a name with capitals", issuer({ name: "GitHub" }), "issuers.0.name: 2 to 32 of a-z, 0-9 and -"],
    ["a misspelt field of an issuer", issuer({ audience: "x" }), "issuers.0.audience: "],
    ["a symmetric algorithm", issuer({ algorithms: ["HS256"] }), "issuers.0.algorithms.0: "],
    ["no algorithm", issuer({ algorithms: [] }), "issuers.0.algorithms: "],
    ["an empty pin", issuer({ pin: "" }), "issuers.0.pin: "],
    ["tokens that live for ever", issuer({ maxLifetimeSeconds: 604_801 }), "issuers.0.maxLifetimeSeconds: "],
    ["tokens that do not live", issuer({ maxLifetimeSeconds: 0 }), "issuers.0.maxLifetimeSeconds: "],
    ["clocks that differ by three minutes", issuer({ skewSeconds: 180 }), "issuers.0.skewSeconds: "],
    ["a window without a cap", issuer({ replay: { mode: "window" } }), "issuers.0.replay.cap: "],
    ["an unknown replay mode", issuer({ replay: { mode: "off" } }), "issuers.0.replay.mode: "],
    ["a required claim without a value", issuer({ required: { tid: "" } }), "issuers.0.required.tid: "],
    ["keys at a plain address", issuer({ jwksUrl: "http://keys.example.com" }), "issuers.0.jwksUrl: an https URL"],
    ["no accounts", { accounts: [] }, "accounts: "],
    ["a pool of no roles", account({ taskRoles: 0 }), "accounts.0.taskRoles: "],
    ["a pool of 101 roles", account({ taskRoles: 101 }), "accounts.0.taskRoles: "],
    ["an empty ceiling", account({ ceiling: [] }), "accounts.0.ceiling: "],
    ["a ceiling of everything", account({ ceiling: ["*"] }), "accounts.0.ceiling.0: an action such as s3:GetObject"],
    ["a ceiling that is no action", account({ ceiling: ["s3"] }), "accounts.0.ceiling.0: an action such as"],
    ["an operator without a subject", { operators: [{ issuer: "staff", subject: "" }] }, "operators.0.subject: "],
    ["two issuers of one name", { issuers: [GITHUB, { ...STAFF, name: "github" }] }, 'issuers: two are named "github"'],
    [
      "two issuers at one address",
      { issuers: [GITHUB, { ...GITHUB, name: "github-too" }, STAFF] },
      'issuers: two have the url "https://token.actions.githubusercontent.com"; a token could not be told apart',
    ],
    ["one account twice", { accounts: [...GOOD.accounts, ...GOOD.accounts] }, "accounts: 111122223333 is listed twice"],
    [
      "an issuer without an address",
      issuer({ preset: "spiffe" }),
      'issuers: "github" needs a url; the preset spiffe has',
    ],
    [
      "Entra without a tenant",
      issuer({ preset: "entra", url: "https://login.microsoftonline.com/t/v2.0" }),
      'issuers: "github" needs "required": {"tid": "<your tenant>"}',
    ],
    ["groups of agents", issuer({ groupsClaim: "groups" }), 'issuers: "github" has a groupsClaim, which only people'],
    [
      "an operator of an agents' issuer",
      { operators: [{ issuer: "github", subject: "x" }] },
      'operators: "github" is not the name of a people',
    ],
    [
      "an operator of no issuer",
      { operators: [{ issuer: "other", subject: "x" }] },
      'operators: "other" is not the name',
    ],
    [
      "a publisher that is everybody",
      { bus: { publishers: ["*"] } },
      "bus.publishers.0: an account id of 12 digits, or",
    ],
    [
      "a pattern of publishers",
      { bus: { publishers: ["arn:aws:iam::444455556666:role/*"] } },
      "bus.publishers.0: an account id of 12 digits, or the ARN of a role",
    ],
    ["a bus that nobody knows", { bus: { name: "other" } }, "bus.publishers: "],
    [
      "one publisher twice",
      { bus: { publishers: ["444455556666", "444455556666"] } },
      "bus.publishers: 444455556666 is listed twice",
    ],
    [
      "a publisher in another partition",
      { bus: { publishers: ["arn:aws-cn:iam::444455556666:role/ci"] } },
      "bus.publishers: arn:aws-cn:iam::444455556666:role/ci is not in the hub's partition, aws",
    ],
    [
      "a task role as a publisher",
      { bus: { publishers: ["arn:aws:iam::111122223333:role/valetkey-task-0"] } },
      "bus.publishers: arn:aws:iam::111122223333:role/valetkey-task-0 is a role of valetkey",
    ],
    [
      "a Region twice",
      account({ region: "eu-central-1", regions: ["eu-west-1", "eu-west-1"] }),
      "accounts: 111122223333 has eu-west-1 in its regions twice",
    ],
    [
      "the account's own Region again",
      account({ region: "eu-central-1", regions: ["eu-central-1"] }),
      "accounts: 111122223333 has eu-central-1 in its regions, whose calls are forwarded anyway; take it out",
    ],
    [
      "the Region of global services",
      account({ region: "eu-central-1", regions: ["us-east-1"] }),
      "accounts: 111122223333 has us-east-1 in its regions, whose calls are forwarded anyway; take it out",
    ],
    [
      "a Region of another partition",
      account({ region: "eu-central-1", regions: ["cn-north-1"] }),
      "accounts: 111122223333 has cn-north-1 in its regions, which is not in the hub's partition, aws",
    ],
    ["no Region", account({ regions: [] }), "accounts.0.regions: "],
    ["a Region that is none", account({ regions: ["Frankfurt"] }), "accounts.0.regions.0: a Region such as"],
    ["a scope of two words", oauth({ scopes: ["a b"] }), "oauthProviders.0.scopes.0: one scope, without spaces"],
    ["no scope", oauth({ scopes: [] }), "oauthProviders.0.scopes: "],
    ["a provider in the clear", oauth({ issuer: "http://login.example.com" }), "oauthProviders.0.issuer: an https URL"],
    [
      "an ARN of a secret",
      oauth({ authentication: { method: "client_secret_post", clientSecret: "arn:aws:x" } }),
      "oauthProviders.0.authentication.clientSecret: the name of a secret, not its ARN",
    ],
    ["a secret that is written down", oauth({ clientSecret: "hunter2" }), "oauthProviders.0.clientSecret: "],
    [
      "a symmetric key",
      oauth({ authentication: { method: "private_key_jwt", privateKey: "x", algorithm: "HS256" } }),
      "oauthProviders.0.authentication.algorithm: ",
    ],
    ["an exchange of nothing", oauth({ grant: { type: "token_exchange" } }), "oauthProviders.0.grant.subjectToken: "],
    ["a grant of passwords", oauth({ grant: { type: "password" } }), "oauthProviders.0.grant.type: "],
    ["half the endpoints", oauth({ endpoints: { token: "https://a.example" } }), "oauthProviders.0.endpoints"],
    ["tokens that do not die", oauth({ maxTokenSeconds: 86_401 }), "oauthProviders.0.maxTokenSeconds: "],
    ["two providers of one name", { oauthProviders: [OAUTH, OAUTH] }, 'oauthProviders: two are named "crm"'],
    ["an owner in capitals", app({ owner: "Acme" }), "githubApps.0.owner: a name at GitHub, in lower case"],
    [
      "a permission of an organization",
      app({ permissions: { members: "read" } }),
      "githubApps.0.permissions.members: ",
    ],
    [
      "a level that GitHub does not have",
      app({ permissions: { contents: "admin" } }),
      "githubApps.0.permissions.contents: ",
    ],
    ["GitHub in the clear", app({ apiUrl: "http://ghes.example.com" }), "githubApps.0.apiUrl: an https URL"],
    [
      "a client that is managed in the clear",
      { oauthClients: [{ ...CLIENT, configurationUrl: "http://login.example.com/reg/report" }] },
      "oauthClients.0.configurationUrl: an https URL",
    ],
    [
      "a client's secret by its ARN, which would hide that two are one",
      { oauthClients: [{ ...CLIENT, secret: "arn:aws:x" }] },
      "oauthClients.0.secret: the name of a secret, not its ARN",
    ],
    [
      "a registration token by its ARN, which tasks could then lease by its name",
      { oauthClients: [{ ...CLIENT, registrationToken: "arn:aws:x" }] },
      "oauthClients.0.registrationToken: the name of a secret, not its ARN",
    ],
    [
      "two clients with one secret",
      { oauthClients: [CLIENT, { ...CLIENT, clientId: "other" }] },
      'oauthClients: two have the secret "clients/report"',
    ],
    [
      "a registration token that could be leased as a client's secret",
      { oauthClients: [CLIENT, { ...CLIENT, secret: CLIENT.registrationToken }] },
      'oauthClients: "clients/report-registration" is a client\'s secret, and no registration token',
    ],
    ["a network by its name", { vpc: { ...VPC, subnets: ["private-a"] } }, "vpc.subnets.0: an id such as subnet-"],
    ["no security group", { vpc: { ...VPC, securityGroups: [] } }, "vpc.securityGroups: "],
    [
      "two Apps of one owner",
      { githubApps: [APP, APP] },
      'githubApps: two have the owner "acme"; a repository would have two Apps',
    ],
  ])("is refused with %s", (_name, changes, fault) => {
    expect(() => read(changes)).toThrow(`valetkey.json cannot be used:\n  - ${fault}`);
  });

  it("gives a restore to every issuer as a floor, in seconds", () => {
    const { restoredAt, issuers } = deploymentOf(
      readConfig(fileWith(JSON.stringify({ ...GOOD, restoredAt: "2026-11-27T13:00:00Z" }))),
    );
    expect([restoredAt, ...issuers.map(({ issuedSince }) => issuedSince)]).toEqual(Array(3).fill(1_795_784_400));
  });

  it("reports every fault at once", () => {
    const bad = { ...GOOD, url: "x", accounts: [] };
    expect(() => readConfig(fileWith(JSON.stringify(bad)))).toThrow(/- url: [\s\S]*- accounts: /);
    const crossed = { issuers: [GITHUB, { ...STAFF, name: "github" }], operators: [{ issuer: "x", subject: "y" }] };
    expect(() => read(crossed)).toThrow(/- issuers: [\s\S]*- operators: /);
  });

  it.each<[string, () => string, RegExp]>([
    ["is no JSON", () => fileWith("{"), /not JSON: /],
    ["is a number", () => fileWith("5"), /the file: /],
    [
      "is not there",
      () => join(folderWith({}), "valetkey.json"),
      /cannot be read; run this where the file is, or name it/,
    ],
  ])("is refused where it %s", (_name, file, fault) => {
    expect(() => readConfig(file())).toThrow(fault);
  });
});
