import { describe, expect, it } from "vitest";
import { parseExec } from "../../../client/commands/exec-options.ts";
import { ClientError } from "../../../client/exit-codes.ts";

const URL = "https://valetkey.example.com";
const GOOD = [
  "--url",
  URL,
  "--purpose",
  "p",
  "--allow",
  "sts:GetCallerIdentity=*",
  "--account",
  "111122223333",
  "--token-file",
  "/t",
];
const RUN = ["--", "aws", "s3", "ls", "--", "--json"];
const parse = (options: readonly string[], env: Record<string, string> = {}) => parseExec([...options, ...RUN], env);
const without = (flag: string) => GOOD.filter((each, index) => each !== flag && GOOD[index - 1] !== flag);

/** The reason and the sentence of the refusal. */
function refusal(attempt: () => unknown): [string, string] {
  try {
    attempt();
  } catch (error) {
    if (error instanceof ClientError) return [error.reason, error.message];
    throw error;
  }
  throw new Error("it was not refused");
}

describe("exec's options", () => {
  it("end at the first two dashes; the rest is the command's", () => {
    expect(parse(GOOD)).toMatchObject({
      url: URL,
      audience: URL,
      purpose: "p",
      command: "aws",
      args: ["s3", "ls", "--", "--json"],
    });
  });

  it("may be in the environment", () => {
    const env = {
      VALETKEY_URL: `${URL}/`,
      VALETKEY_ACCOUNT: "444455556666",
      VALETKEY_TOKEN_URL: "https://t",
      VALETKEY_AUDIENCE: "a",
    };
    expect(parse(["--purpose", "p", "--allow", "sts:GetCallerIdentity=*"], env)).toMatchObject({
      url: URL,
      audience: "a",
      details: [{ account: "444455556666" }],
      identity: { kind: "url", url: "https://t" },
    });
  });

  it("beat the environment", () => {
    const env = { VALETKEY_URL: "https://other", VALETKEY_ACCOUNT: "444455556666", VALETKEY_TOKEN: "t" };
    expect(parse(GOOD, env)).toMatchObject({
      url: URL,
      details: [{ account: "111122223333" }],
      identity: { kind: "file", path: "/t" },
    });
  });

  it.each([
    ["no command", () => parseExec(GOOD, {}), /behind two dashes/],
    ["no command behind the dashes", () => parseExec([...GOOD, "--"], {}), /behind two dashes/],
    ["no address", () => parse(without("--url")), /VALETKEY_URL/],
    ["an address that is none", () => parse([...without("--url"), "--url", "valetkey"]), /must be an address/],
    ["plain http", () => parse([...without("--url"), "--url", "http://valetkey.example.com"]), /must be https/],
    [
      "plain http to a name that only looks local",
      () => parse([...without("--url"), "--url", "http://127.0.0.1.example.com"]),
      /must be https/,
    ],
    ["a password in the address", () => parse([...without("--url"), "--url", "https://me:secret@x"]), /must not hold/],
    ["no purpose", () => parse(without("--purpose")), /--purpose is required/],
    ["a blank purpose", () => parse([...without("--purpose"), "--purpose", " "]), /1 to 256/],
    ["too long a purpose", () => parse([...without("--purpose"), "--purpose", "x".repeat(257)]), /1 to 256/],
    ["no intent", () => parse(without("--allow")), /say what the task needs/],
    ["an intent twice", () => parse([...GOOD, "--intent", "x.json"]), /not both/],
    ["a time that is none", () => parse([...GOOD, "--ttl", "1d"]), /seconds/],
    ["no time at all", () => parse([...GOOD, "--ttl", "0"]), /seconds/],
    ["more than half a day", () => parse([...GOOD, "--ttl", "43201"]), /seconds/],
    ["more than half a day, in hours", () => parse([...GOOD, "--ttl", "13h"]), /12h at most/],
    ["two identities", () => parse([...GOOD, "--token-url", "https://x"]), /one of/],
    ["an option that does not exist", () => parse([...GOOD, "--nope"]), /--nope is unknown/],
    ["an option without its value", () => parse(["--url", "--purpose", "p"]), /value/],
    ["an argument out of place", () => parse([...GOOD, "aws"]), /is not an option/],
    ["an option of another command", () => parse([...GOOD, "--port", "1"]), /--port is unknown/],
  ])("refuse %s", (_, attempt, sentence) => {
    expect(refusal(attempt)).toEqual(["usage", expect.stringMatching(sentence)]);
  });

  it("take plain http on loopback", () => {
    expect(parse([...without("--url"), "--url", "http://127.0.0.1:8080/"])).toMatchObject({
      url: "http://127.0.0.1:8080",
    });
  });
});

describe("the identity", () => {
  const anonymous = without("--token-file");
  const github = { ACTIONS_ID_TOKEN_REQUEST_URL: "https://gh", ACTIONS_ID_TOKEN_REQUEST_TOKEN: "b" };

  it.each([
    [
      "the variable",
      { VALETKEY_TOKEN: "t", VALETKEY_TOKEN_FILE: "/f", VALETKEY_TOKEN_URL: "https://u", ...github },
      { kind: "token", token: "t" },
    ],
    [
      "the file",
      { VALETKEY_TOKEN_FILE: "/f", VALETKEY_TOKEN_URL: "https://u", ...github },
      { kind: "file", path: "/f" },
    ],
    ["the address", { VALETKEY_TOKEN_URL: "https://u", ...github }, { kind: "url", url: "https://u" }],
    ["GitHub Actions", github, { kind: "github", url: "https://gh", bearer: "b" }],
  ])("comes from %s where nothing before it is set", (_, env, source) => {
    expect(parse(anonymous, env).identity).toEqual(source);
  });

  it("has to come from somewhere", () => {
    expect(refusal(() => parse(anonymous))).toEqual(["identity", expect.stringContaining("id-token: write")]);
  });
});
