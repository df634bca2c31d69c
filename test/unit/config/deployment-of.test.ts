import { describe, expect, it } from "vitest";
import { deploymentOf } from "../../../infra/config/read-config.ts";
import { APP, CLIENT, GITHUB, GOOD, OAUTH, read, STAFF, VPC } from "./sample-config.ts";

describe("the deployment that is made of it", () => {
  const made = (changes: Readonly<Record<string, unknown>>) => deploymentOf(read(changes));

  it("has the presets' values where the configuration has none", () => {
    const [github, staff] = made({}).issuers;
    expect(github).toEqual({
      name: "github",
      url: "https://token.actions.githubusercontent.com",
      kind: "agents",
      algorithms: ["RS256"],
      pin: "repository_id",
      maxLifetimeSeconds: 3_600,
      skewSeconds: 30,
      replay: { mode: "single_use" },
      required: {},
    });
    expect(staff).toMatchObject({ kind: "people", url: "https://login.example.com", groupsClaim: "groups" });
  });

  it("requires owners' confirmation every 90 days, unless the configuration has another time or never", () => {
    expect(made({}).recertification).toEqual({ everyDays: 90, warnDays: [14, 3] });
    expect(made({ recertification: { everyDays: 30, warnDays: [] } }).recertification).toEqual({
      everyDays: 30,
      warnDays: [],
    });
    expect(made({ recertification: null }).recertification).toBeNull();
  });

  it("has one ending in five hundred watched, in each account whose ceiling holds the canary's call, unless it has another share", () => {
    expect(made({}).receipts).toEqual({ sample: 0.002, probed: ["111122223333"] });
    expect(made({ receipts: {} }).receipts.sample).toBe(0.002);
    expect(made({ receipts: { sample: 0 } }).receipts.sample).toBe(0);
    const probed = (...ceiling: string[]) =>
      made({ accounts: [{ ...GOOD.accounts[0], ceiling }] }).receipts.probed.length;
    for (const pattern of ["s3:ListAllMyBuckets", "s3:List*", "s3:*", "s3:*MyBuckets"])
      expect(probed("ec2:Describe*", pattern), pattern).toBe(1);
    for (const pattern of ["s3:Get*", "s3:ListBucket", "s3:ListAllMyBucketsToo", "sqs:*"])
      expect(probed(pattern), pattern).toBe(0);
  });

  it("has the configuration's values before the presets'", () => {
    const own = {
      url: "https://ghes.example.com/_services/token",
      jwksUrl: "https://ghes.example.com/keys",
      algorithms: ["ES256"],
      pin: "repository_owner_id",
      maxLifetimeSeconds: 300,
      skewSeconds: 0,
      replay: { mode: "window", cap: 3 },
      required: { repository_owner_id: "1" },
    };
    expect(made({ issuers: [{ ...GITHUB, ...own }, STAFF] }).issuers[0]).toEqual({
      name: "github",
      kind: "agents",
      ...own,
    });
  });

  it("has OAuth providers and GitHub Apps with all that was left out", () => {
    const grant = { ...OAUTH.grant, subjectTokenType: "urn:ietf:params:oauth:token-type:access_token" };
    const { oauthProviders, githubApps } = made({
      oauthProviders: [OAUTH],
      githubApps: [APP, { ...APP, owner: "globex", apiUrl: "https://ghes.example.com/api/v3/" }],
    });
    expect(oauthProviders).toEqual([{ ...OAUTH, grant, endpoints: "oidc", resources: [], audiences: [] }]);
    expect(githubApps?.map(({ apiUrl }) => apiUrl)).toEqual([
      "https://api.github.com",
      "https://ghes.example.com/api/v3",
    ]);
  });

  it("leaves the hub's network to the stack: no function gets it", () => {
    expect(read({ vpc: VPC })).toMatchObject({ vpc: VPC });
    expect(made({ vpc: VPC })).not.toHaveProperty("vpc");
  });

  it("has the OAuth clients whose secrets are rotated", () => {
    expect(made({ oauthClients: [CLIENT] }).oauthClients).toEqual([CLIENT]);
    expect(made({})).not.toHaveProperty("oauthClients");
  });

  it("knows the form of a subject where the issuer promises one", () => {
    const mesh = { name: "mesh", kind: "agents", preset: "spiffe", url: "https://spire.example.com" };
    expect(made({ issuers: [mesh, STAFF] }).issuers[0]).toMatchObject({ subject: "spiffe" });
  });

  it.each([
    ["https://valetkey.example.com", "https://valetkey.example.com"],
    ["https://valetkey.example.com/", "https://valetkey.example.com"],
    ["http://127.0.0.1:4565", "http://127.0.0.1:4565"],
  ])("has other audiences for exchange, introspection and operation: %s", (url, base) => {
    const deployment = made({ url });
    expect(deployment.url).toBe(base);
    expect(deployment.audiences).toEqual({
      exchange: base,
      introspect: `${base}/introspect`,
      operate: `${base}/operate`,
    });
  });

  it.each([
    ["eu-central-1", "aws"],
    ["us-gov-west-1", "aws-us-gov"],
    ["cn-north-1", "aws-cn"],
  ])("is in the partition of its Region: %s is in %s", (region, partition) => {
    expect(made({ hub: { ...GOOD.hub, region } }).partition).toBe(partition);
  });
});

describe("the bus", () => {
  it("is valetkey's own where the configuration has none", () => {
    expect(deploymentOf(read({})).bus).toEqual({ own: "999900001111", publishers: [] });
  });

  it("looks at events of each account once, however many of its roles may put them", () => {
    const publishers = ["444455556666", "arn:aws:iam::777788889999:role/ci", "arn:aws:iam::777788889999:role/team/hr"];
    expect(deploymentOf(read({ bus: { publishers } })).bus.publishers).toEqual(["444455556666", "777788889999"]);
  });
});
