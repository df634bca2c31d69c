import { devNull } from "node:os";
import { describe, expect, it } from "vitest";
import type { Endpoint } from "../../../client/credentials/credential-endpoint.ts";
import { childEnv } from "../../../client/process/child-env.ts";
import type { Task } from "../../../client/task/held-task.ts";
import { CANARY, credential, TASK_ID } from "./fake-valetkey.ts";

const endpoint: Endpoint = { uri: (name) => `http://127.0.0.1:1/${name}`, token: "loopback", close: async () => {} };
const task = (credentials: Task["credentials"], issued: Task["issued"] = []): Task => ({
  id: TASK_ID,
  token: CANARY.taskToken,
  status: "active",
  expiresAtMs: 0,
  credentials,
  issued,
});
const aws = (name: string, region?: string) => ({
  name,
  account: "111122223333",
  region,
  credential: credential(0, 900),
});
const env = (given: Record<string, string>, credentials = [aws("aws-0", "eu-west-1")]) =>
  childEnv(given, task(credentials), endpoint);

describe("the command's environment", () => {
  it.each([
    "AWS_ACCESS_KEY_ID",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "AWS_SECURITY_TOKEN",
    "AWS_PROFILE",
    "AWS_DEFAULT_PROFILE",
    "AWS_WEB_IDENTITY_TOKEN_FILE",
    "AWS_ROLE_ARN",
    "AWS_ROLE_SESSION_NAME",
    "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
    "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE",
    "AWS_CREDENTIAL_FILE",
    "AWS_BEARER_TOKEN_BEDROCK",
    "AWS_A_CREDENTIAL_OF_NEXT_YEAR",
    "VALETKEY_TOKEN",
    "VALETKEY_TOKEN_FILE",
    "VALETKEY_TOKEN_URL",
    "ACTIONS_ID_TOKEN_REQUEST_URL",
    "ACTIONS_ID_TOKEN_REQUEST_TOKEN",
    "VALETKEY_CREDENTIALS_OLD",
  ])("is without %s", (name) => {
    expect(env({ [name]: "x" })).not.toHaveProperty(name);
  });

  it.each(["PATH", "HOME", "AWS_PAGER", "AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3", "AWS_CA_BUNDLE", "VALETKEY_URL"])(
    "retains %s",
    (name) => {
      expect(env({ [name]: "x" })).toHaveProperty(name, "x");
    },
  );

  it("has the way to the task's credentials, whatever was there before", () => {
    expect(
      env({
        AWS_CONTAINER_CREDENTIALS_FULL_URI: "http://127.0.0.1:2",
        AWS_EC2_METADATA_DISABLED: "false",
        VALETKEY_TASK: "x",
      }),
    ).toEqual({
      AWS_CONTAINER_CREDENTIALS_FULL_URI: "http://127.0.0.1:1/aws-0",
      AWS_CONTAINER_AUTHORIZATION_TOKEN: "loopback",
      AWS_EC2_METADATA_DISABLED: "true",
      AWS_SHARED_CREDENTIALS_FILE: devNull,
      AWS_CONFIG_FILE: devNull,
      BOTO_CONFIG: devNull,
      AWS_REGION: "eu-west-1",
      AWS_DEFAULT_REGION: "eu-west-1",
      VALETKEY_TASK: TASK_ID,
      VALETKEY_CREDENTIALS_AWS_0: "http://127.0.0.1:1/aws-0",
    });
  });

  it("has nothing of a GitHub runner's that proves the job's identity, under any name", () => {
    const runner = {
      ACTIONS_ID_TOKEN_REQUEST_URL: "https://run.actions.test/idtoken?api-version=2.0",
      ACTIONS_ID_TOKEN_REQUEST_TOKEN: "the-runner's-one-token",
      ACTIONS_RUNTIME_TOKEN: "the-runner's-one-token",
      ACTIONS_RUNTIME_URL: "https://run.actions.test/",
      ACTIONS_RESULTS_URL: "https://results.actions.test/",
      ACTIONS_CACHE_URL: "https://cache.actions.test/",
      ACTIONS_A_TOKEN_OF_NEXT_YEAR: "x",
      INPUT_TOKEN: "ghs_x",
      STATE_TOKEN: "ghs_x",
      GITHUB_STATE: "/runner/state",
      COPIED_BY_THE_WORKFLOW: "bearer the-runner's-one-token",
    };
    const kept = {
      GITHUB_ACTIONS: "true",
      GITHUB_OUTPUT: "/runner/output",
      CI: "true",
      RUNNER_TEMP: "/runner/temp",
      ACTIONS_STEP_DEBUG: "true",
      ACTIONS_ORCHESTRATION_ID: "7",
    };
    const command = env({ ...runner, ...kept });
    expect(Object.keys(command).filter((name) => name in runner)).toEqual([]);
    expect(command).toMatchObject(kept);
  });

  it("keeps inputs of its own where no job of GitHub's runs, and values that happen to be those of a removed name", () => {
    const own = { INPUT_FILE: "report.csv", STATE_DIR: "/var/lib", PROFILE: "production" };
    expect(env({ ...own, AWS_PROFILE: "production", VALETKEY_TOKEN: "true", CI: "true" })).toMatchObject({
      ...own,
      CI: "true",
    });
  });

  it.each([
    ["the one that is set", { AWS_REGION: "us-east-1" }, "us-east-1", "us-east-1"],
    ["the default for those that read only the other", { AWS_DEFAULT_REGION: "us-east-1" }, "us-east-1", "us-east-1"],
    ["both as they are", { AWS_REGION: "us-east-1", AWS_DEFAULT_REGION: "us-east-2" }, "us-east-1", "us-east-2"],
    ["the account's where none is", {}, "eu-west-1", "eu-west-1"],
  ])("names a region: %s", (_, given, region, fallback) => {
    expect(env(given)).toMatchObject({ AWS_REGION: region, AWS_DEFAULT_REGION: fallback });
  });

  it("has no way to any credential when the task has none", () => {
    expect(
      Object.keys(env({ AWS_ACCESS_KEY_ID: "x" }, [])).filter((name) =>
        /CONTAINER|ACCESS_KEY|CREDENTIALS_AWS/.test(name),
      ),
    ).toEqual([]);
  });

  it("never holds the task token or a key", () => {
    expect(JSON.stringify(env({ VALETKEY_TOKEN: CANARY.identity }))).not.toContain("CANARY");
  });
});

describe("a credential that a connector issued", () => {
  const login = (name: string) => ({
    type: "postgres",
    name,
    fields: {
      host: "db",
      port: 5432,
      database: "orders",
      username: "vk",
      password: CANARY.secret,
      sslmode: "verify-full",
    },
  });
  const token = { type: "github", name: "github-0", fields: { token: CANARY.session } };
  const key = { type: "secret", name: "secret-0", fields: { value: CANARY.secret } };
  const withIssued = (issued: Task["issued"], given: Record<string, string> = {}) =>
    childEnv(given, task([], issued), endpoint);

  it("is at addresses of its own, with a token that is not AWS's to find", () => {
    const names = withIssued([login("postgres-0"), key]);
    expect(names).toMatchObject({
      VALETKEY_CREDENTIALS_POSTGRES_0: "http://127.0.0.1:1/postgres-0",
      VALETKEY_CREDENTIALS_SECRET_0: "http://127.0.0.1:1/secret-0",
      VALETKEY_CREDENTIALS_TOKEN: "loopback",
    });
    expect(names).not.toHaveProperty("AWS_CONTAINER_AUTHORIZATION_TOKEN");
    expect(env({})).not.toHaveProperty("VALETKEY_CREDENTIALS_TOKEN");
  });

  it("is what PostgreSQL's and GitHub's programs look for, in place of what was there, and nothing else is", () => {
    const before = {
      PGSERVICE: "other",
      PGPASSFILE: "/x",
      PGHOSTADDR: "10.0.0.1",
      GITHUB_TOKEN: "other",
      PATH: "/bin",
    };
    const names = withIssued([login("postgres-0"), token, key], before);
    expect(names).toMatchObject({
      PGHOST: "db",
      PGPORT: "5432",
      PGDATABASE: "orders",
      PGUSER: "vk",
      PGPASSWORD: CANARY.secret,
      PGSSLMODE: "verify-full",
      GH_TOKEN: CANARY.session,
      PATH: "/bin",
    });
    for (const name of ["PGSERVICE", "PGPASSFILE", "PGHOSTADDR", "GITHUB_TOKEN"])
      expect(names).not.toHaveProperty(name);
    expect(withIssued([key], before)).toMatchObject(before);
    expect(JSON.stringify(withIssued([key]))).not.toContain("CANARY");
  });

  it("is given by its address alone where there are two of a kind", () => {
    const names = withIssued([login("postgres-0"), login("postgres-1")], { PGHOST: "own" });
    expect(names).toMatchObject({ PGHOST: "own", VALETKEY_CREDENTIALS_POSTGRES_1: "http://127.0.0.1:1/postgres-1" });
    expect(JSON.stringify(names)).not.toContain("CANARY");
  });

  it("is not handed on to what runs with less, inside", () => {
    const outer = withIssued([login("postgres-0"), token, key]) as Record<string, string>;
    const inner = childEnv(outer, { id: TASK_ID, credentials: [aws("aws-0")], issued: [] }, endpoint);
    expect(JSON.stringify(inner)).not.toContain("CANARY");
    expect(
      Object.keys(inner).filter((name) => /^PG|GH_|POSTGRES|GITHUB|SECRET_0|CREDENTIALS_TOKEN/.test(name)),
    ).toEqual([]);
  });
});

describe("the environment of a command whose requests the hub signs", () => {
  const session = (name: string, account: string) => ({
    ...{ name, account, region: "eu-west-1", expiresAtMs: 0, endpoints: [] },
  });
  const signed = (given: Record<string, string>) =>
    childEnv(
      given,
      { ...task([]), signed: [session("aws-0", "111122223333"), session("aws-1", "222233334444")] },
      endpoint,
      { AWS_ENDPOINT_URL_S3: "http://127.0.0.1:2", AWS_ENDPOINT_URL: "http://127.0.0.1:3" },
    );

  it("has the keys of the run from the credential endpoint, for each account, and none in a variable", () => {
    const variables = signed({ AWS_ACCESS_KEY_ID: "AKIA", AWS_SECRET_ACCESS_KEY: "its owner's" });
    expect(variables).toMatchObject({
      AWS_CONTAINER_CREDENTIALS_FULL_URI: "http://127.0.0.1:1/aws-0",
      VALETKEY_CREDENTIALS_AWS_1: "http://127.0.0.1:1/aws-1",
      AWS_REGION: "eu-west-1",
    });
    expect(Object.keys(variables).filter((name) => name.includes("ACCESS_KEY"))).toEqual([]);
  });

  it("leads every service to a port of the run, whatever its owner has set", () => {
    const variables = signed({
      AWS_ENDPOINT_URL: "http://elsewhere.test",
      AWS_ENDPOINT_URL_SQS: "http://elsewhere.test",
      AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: "true",
    });
    expect(Object.entries(variables).filter(([name]) => /ENDPOINT_URL/.test(name))).toEqual([
      ["AWS_ENDPOINT_URL_S3", "http://127.0.0.1:2"],
      ["AWS_ENDPOINT_URL", "http://127.0.0.1:3"],
    ]);
  });

  it.each([
    [{}, "127.0.0.1"],
    [{ NO_PROXY: "internal.test" }, "internal.test,127.0.0.1"],
    [{ no_proxy: "internal.test" }, "internal.test,127.0.0.1"],
    [{ NO_PROXY: "*" }, "*"],
  ])("has clients of a proxy go to loopback by themselves: %j", (given, expected) => {
    const { NO_PROXY, no_proxy: lower } = signed({ HTTP_PROXY: "http://proxy.test", ...given });
    expect([NO_PROXY, lower]).toEqual([expected, expected]);
  });
});
