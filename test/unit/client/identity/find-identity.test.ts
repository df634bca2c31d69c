import { describe, expect, it } from "vitest";
import { findIdentity, type IdentityFlags, KUBERNETES_TOKEN_FILE } from "../../../../client/identity/find-identity.ts";

const find = (flags: IdentityFlags, env: Record<string, string> = {}, files: readonly string[] = []) =>
  findIdentity(flags, env, (path) => files.includes(path));

const GITHUB = { ACTIONS_ID_TOKEN_REQUEST_URL: "https://gh", ACTIONS_ID_TOKEN_REQUEST_TOKEN: "b" };
const SPIFFE = { SPIFFE_ENDPOINT_SOCKET: "unix:///run/spire/agent.sock" };
const LAMBDA = { AWS_LAMBDA_FUNCTION_NAME: "agent" };
const POD = [KUBERNETES_TOKEN_FILE];

describe("the identity", () => {
  it.each([
    ["the command that a variable names", { VALETKEY_TOKEN_COMMAND: "mint" }, POD, { kind: "command", line: "mint" }],
    ["GitHub Actions", { ...GITHUB, ...SPIFFE, ...LAMBDA }, POD, { kind: "github", url: "https://gh", bearer: "b" }],
    ["a pod's projected token", { ...SPIFFE, ...LAMBDA }, POD, { kind: "file", path: KUBERNETES_TOKEN_FILE }],
    ["SPIFFE's socket", { ...SPIFFE, ...LAMBDA }, [], { kind: "spiffe", socket: "/run/spire/agent.sock" }],
    ["AWS, where the program runs in Lambda", LAMBDA, [], { kind: "aws" }],
    ["AWS, where it runs in EKS", { AWS_WEB_IDENTITY_TOKEN_FILE: "/f" }, [], { kind: "aws" }],
  ])("comes from %s where nothing before it is there", (_, env, files, source) => {
    expect(find({}, env, files)).toEqual(source);
  });

  it("is not taken from a laptop's AWS keys unless named", () => {
    const keys = { AWS_ACCESS_KEY_ID: "AKIA", AWS_PROFILE: "me" };
    expect(() => find({}, keys)).toThrow(/there is no identity token/);
    expect(find({ identity: "aws" }, keys)).toEqual({ kind: "aws" });
  });

  it("is not taken from a task's own AWS credentials: the error names the task", () => {
    const inside = { VALETKEY_TASK: "k7f3m2q9x4ab_", AWS_CONTAINER_CREDENTIALS_FULL_URI: "http://127.0.0.1:1/aws-0" };
    expect(() => find({}, inside)).toThrow(/this is inside task k7f3m2q9x4ab_ .* no identity token of the agent: run/);
    expect(find({}, { ...inside, VALETKEY_TOKEN: "t" })).toEqual({ kind: "token", token: "t" });
    expect(find({}, inside, POD)).toEqual({ kind: "file", path: KUBERNETES_TOKEN_FILE });
  });

  it("is the named one, whatever else is there", () => {
    expect(find({ identity: "spiffe" }, { ...GITHUB, ...SPIFFE, VALETKEY_TOKEN: "t" }, POD)).toEqual({
      kind: "spiffe",
      socket: "/run/spire/agent.sock",
    });
    expect(find({ "token-command": "mint" }, GITHUB)).toEqual({ kind: "command", line: "mint" });
  });

  it.each([
    [{ identity: "github" }, "identity", /permissions: id-token: write/],
    [{ identity: "kubernetes" }, "identity", /a projected token at/],
    [{ identity: "gitlab" }, "usage", /takes github, kubernetes, spiffe, aws/],
    [{ identity: "toString" }, "usage", /takes/],
    [{ identity: "aws", token: "t" }, "usage", /give one of/],
    [{ "token-command": "a", "token-file": "b" }, "usage", /give one of/],
  ])("is not guessed for %o", (flags, reason, message) => {
    let thrown: unknown;
    try {
      find(flags);
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toMatchObject({ reason, message: expect.stringMatching(message) });
  });

  it("that is nowhere is missed with every place that was looked at", () => {
    for (const place of [
      "VALETKEY_TOKEN",
      "id_tokens",
      "GitHub",
      "Kubernetes",
      "SPIFFE_ENDPOINT_SOCKET",
      "--identity aws",
    ])
      expect(() => find({})).toThrow(place);
  });
});
