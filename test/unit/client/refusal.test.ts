import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { ClientError } from "../../../client/exit-codes.ts";
import { withVersions } from "../../../client/task/open-usable-task.ts";
import { execAt } from "./call-client.ts";
import { FakeValetkey, opened } from "./fake-valetkey.ts";

let service: FakeValetkey;
beforeEach(async () => {
  service = await new FakeValetkey().start();
});
afterEach(() => service.stop());

const exec = execAt(() => service);

const completions = () => service.of("POST", "/complete").map(({ body }) => JSON.parse(body));
const deny = (status: number, body: object, headers?: Record<string, string>) => () => ({
  status,
  body,
  ...(headers && { headers }),
});

describe("a refusal", () => {
  const denial = {
    action: "s3:GetObject",
    target: "arn:aws:s3:::acme-data/reports/*",
    reason: "No policy permits it.",
    policy: "no-pii",
    hint: "Policy covers arn:aws:s3:::acme-data/reports/2026/*: ask for that, or with mode=narrow for what is permitted.",
  };
  const instead = (url: string, own: string, json = "") =>
    `npx valetkey exec --url ${url} --purpose 'a test'${json} --account 111122223333 --allow 's3:GetObject=arn:aws:s3:::acme-data/reports/2026/*' -- sh -c ${own}`;
  const denied = {
    error: "access_denied",
    code: "policy_denied",
    error_description: "Policy does not permit this.",
    denials: [denial],
  };

  it("lists every denial with its hint, and the command line to try next, exits 77, and runs and ends nothing", async () => {
    service.exchange = deny(403, denied);
    const run = await exec("echo ran");
    expect(run).toMatchObject({ code: 77, stdout: "" });
    expect(run.stderr).toBe(
      "valetkey: Policy does not permit this.\n" +
        `  denied: s3:GetObject on ${denial.target}\n` +
        "    No policy permits it. (policy no-pii)\n" +
        `    hint: ${denial.hint.replace("mode=narrow", "--accept-less")}\n` +
        `  ask instead:\n    ${instead(service.url, "'echo ran'")}\n`,
    );
    expect(completions()).toEqual([]);
    expect(service.of("POST", "/v1/token")).toHaveLength(1);
  });

  it("is one JSON object with --json", async () => {
    service.exchange = deny(403, denied);
    const run = await exec("true", ["--json"]);
    expect(JSON.parse(run.stderr)).toEqual({
      event: "policy_denied",
      message: "Policy does not permit this.",
      exit: 77,
      denials: [denial],
      instead: instead(service.url, "true", " --json"),
    });
  });

  it("cannot send commands to a terminal", async () => {
    service.exchange = deny(403, { ...denied, error_description: "\u001b[2Jcleared\nvaletkey: all is well" });
    const run = await exec("true");
    expect(run.stderr.split("\n")[0]).toBe("valetkey:  [2Jcleared valetkey: all is well");
    service.exchange = deny(403, { ...denied, error_description: "\u009b2Jcleared" });
    expect((await exec("true", ["--json"])).stderr).toContain("\\u009b2Jcleared");
  });

  it.each([
    ["a bad intent", 65, 400, { error: "invalid_authorization_details", error_description: "x" }],
    ["a bad token", 77, 400, { error: "invalid_request", code: "token_expired", error_description: "x" }],
    ["too many tasks", 75, 429, { error: "slow_down", error_description: "x" }],
    ["an answer that is not JSON", 69, 500, "<html>"],
    ["an answer without a task", 69, 200, {}],
    ["a redirect", 69, 307, {}],
  ])("for %s exits %i", async (_, code, status, body) => {
    service.exchange = () => ({
      status,
      body,
      headers: { location: "http://127.0.0.1:1/stolen", "retry-after": "30" },
    });
    const run = await exec("echo ran");
    expect(run).toMatchObject({ code, stdout: "" });
  });

  it("prints how long to wait where the service does", async () => {
    service.exchange = deny(429, { error: "slow_down", error_description: "Too many tasks." }, { "retry-after": "30" });
    expect((await exec("true")).stderr).toContain("Too many tasks. Try again in 30 s.");
  });

  it("names a long wait in minutes", async () => {
    service.exchange = deny(409, { error: "slow_down", code: "label_conflict" }, { "retry-after": "1257" });
    expect((await exec("true")).stderr).toContain("Try again in 21 min.");
  });

  it("is a fault of the intent where two labels of one request exclude each other, which no waiting mends", async () => {
    service.exchange = deny(409, { error: "slow_down", code: "label_conflict", label: "a", conflicts_with: "b" });
    expect((await exec("true")).code).toBe(65);
    service.exchange = deny(409, { error: "slow_down", code: "label_conflict" }, { "retry-after": "60" });
    expect((await exec("true")).code).toBe(75);
  });

  it("names the seconds in place of a header that a command line does not show", async () => {
    const says = "This caller has sent too much; wait as long as Retry-After says.";
    service.exchange = deny(429, { error: "slow_down", error_description: says }, { "retry-after": "30" });
    const { stderr } = await exec("true");
    expect(stderr).toContain("This caller has sent too much; wait 30 s.\n");
    expect(stderr).not.toContain("Try again");
  });

  describe("of a spent budget", () => {
    const spent = (seconds: number) =>
      deny(
        429,
        {
          ...{
            error: "slow_down",
            code: "budget_spent",
            error_description: "A budget; wait as long as Retry-After says.",
          },
          ...{ budget: "deploys 3/1d agent", retry_after: seconds },
        },
        { "retry-after": String(seconds) },
      );

    it.each([
      [59, "59 s"],
      [61, "2 min"],
      [3_600, "1 h 0 min"],
      [90_001, "25 h 1 min"],
    ])("names the budget and when it allows another task, %i s later, and exits 75", async (seconds, words) => {
      service.exchange = spent(seconds);
      const before = Date.now();
      const run = await exec("echo ran");
      expect(run).toMatchObject({ code: 75, stdout: "" });
      const [, moment = "", wait] =
        /^valetkey: The budget "deploys 3\/1d agent" of policy is spent: it allows no further task before (\S+), in (.*)\. Waiting helps; to repeat the request or to reword it does not\.\n$/.exec(
          run.stderr,
        ) ?? [];
      expect(wait).toBe(words);
      expect(Date.parse(moment)).toBeGreaterThanOrEqual(before + seconds * 1_000);
      expect(Date.parse(moment)).toBeLessThan(Date.now() + (seconds + 1) * 1_000);
      expect(service.of("POST", "/v1/token")).toHaveLength(1);
    });

    it("names the seconds with --json", async () => {
      service.exchange = spent(90_001);
      expect(JSON.parse((await exec("true", ["--json"])).stderr)).toMatchObject({
        ...{ event: "budget_spent", exit: 75, retry_after: 90_001 },
        message: expect.stringContaining("deploys 3/1d agent"),
      });
    });
  });

  describe("of an agent that nobody has registered", () => {
    const unknown = {
      error: "invalid_request",
      code: "agent_unknown",
      error_description: "No registered agent is bound to this identity; ask its owner to register it.",
    };
    const tokenOf = (claims: object) =>
      ["{}", JSON.stringify({ aud: service.url, ...claims }), "SIGNATURE"]
        .map((part) => Buffer.from(part).toString("base64url"))
        .join(".");
    const refused = async (token: string, options: readonly string[] = []) => {
      service.exchange = deny(400, unknown);
      return (await exec("true", options, { VALETKEY_TOKEN: token })).stderr;
    };

    it("names its issuer and subject, and prints the entry of agents.yaml to paste", async () => {
      const token = tokenOf({
        iss: "https://token.actions.githubusercontent.com",
        sub: 'repo:acme/"reports":ref:main',
        repository_id: "42",
      });
      const stderr = await refused(token);
      expect(stderr).toContain(
        'The agent\'s token is of the issuer "https://token.actions.githubusercontent.com", and its subject is "repo:acme/\\"reports\\":ref:main".',
      );
      const [, pasted = ""] = stderr.split("--yes:\n");
      expect(parse(pasted)).toEqual([
        {
          id: "<id>",
          name: "<name>",
          owner: "<issuer|person>",
          team: "<team>",
          bindings: [
            {
              issuer: "<name in valetkey.json>",
              claims: { sub: 'repo:acme/"reports":ref:main', repository_id: "42" },
            },
          ],
        },
      ]);
      for (const part of token.split(".")) expect(stderr).not.toContain(part);
      expect(JSON.parse(await refused(token, ["--json"])).faults.join("\n")).toContain("claims:");
    });

    it.each([
      ["a subject that a terminal obeys", { iss: "https://idp.test", sub: "a\u001b[2J" }],
      ["a subject of more characters than a binding may have", { iss: "https://idp.test", sub: "a".repeat(513) }],
      ["no subject", { iss: "https://idp.test" }],
      ["a subject that is no text", { iss: "https://idp.test", sub: { a: 1 } }],
    ])("prints nothing of a token with %s", async (_, claims) => {
      const stderr = await refused(tokenOf(claims));
      expect(stderr).toBe(`valetkey: ${unknown.error_description}\n`);
    });
  });

  it("that is an outage is tried three times, and exits 69", async () => {
    service.exchange = () => undefined;
    const run = await exec("true");
    expect(run.code).toBe(69);
    expect(run.stderr).toContain("cannot be reached; a task that it opened all the same ends by itself");
    expect(service.of("POST", "/v1/token")).toHaveLength(3);
  });

  it("that is no connection opened no task, and is reported so", async () => {
    await service.stop();
    const run = await exec("true");
    expect(run.code).toBe(69);
    expect(run.stderr).toContain("cannot be reached: no connection was made, so no task was opened; check --url");
  });
});

describe("a hub of a version that does not go with the client's", () => {
  const serveVersion = (version: unknown) => {
    service.other = () => ({ status: 200, body: { issuer: service.url, valetkey_version: version } });
  };
  const malformed = { error: "invalid_request", code: "malformed_request", error_description: "It is malformed." };
  const metadataReads = () => service.of("GET", "/.well-known/oauth-authorization-server").length;

  it.each([
    ["does not understand the request", deny(400, malformed), 77],
    ["gives an answer that is not understood", () => ({ status: 200, body: { task: "of another form" } }), 69],
    ["knows no such type", deny(400, { error: "invalid_authorization_details", code: "intent_invalid" }), 65],
    ["leaves a credential out", () => opened({ credentials: [] }), 69],
  ])("is named, with what to install, where it %s", async (_, exchange, code) => {
    serveVersion("9.3.0");
    service.exchange = exchange;
    const run = await exec("echo ran");
    expect(run).toMatchObject({ code, stdout: "" });
    expect(run.stderr).toContain("versions that do not go together: the hub's is 9.3.0, this is 0.");
    expect(run.stderr).toContain("install valetkey 9.3.0 here, or have the hub upgraded");
  });

  it.each([["0.1.9"], [undefined], [7], ["9.3.0\u001b[2J; npm install evil"]])(
    "is not named where it goes with the client's, or has nothing plain: %j",
    async (version) => {
      serveVersion(version);
      const error = new ClientError("refused", "malformed_request", "It is malformed.");
      expect(await withVersions(error, service.url)).toBe(error);
      expect(metadataReads()).toBe(1);
    },
  );

  it("is not requested where a task is opened, or policy denies", async () => {
    serveVersion("9.3.0");
    await exec("true");
    service.exchange = deny(403, { error: "access_denied", code: "policy_denied", error_description: "No." });
    expect((await exec("true")).stderr).toBe("valetkey: No.\n");
    expect(metadataReads()).toBe(0);
  });
});
