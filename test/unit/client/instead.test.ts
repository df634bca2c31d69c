import { execFileSync } from "node:child_process";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { Denial } from "../../../client/exit-codes.ts";
import { shellWord } from "../../../client/shell-quoting.ts";
import type { Detail } from "../../../client/task/detail.ts";
import { askInstead } from "../../../client/task/instead.ts";
import { intentOf } from "../../../client/task/intent.ts";

const ACCOUNT = "111122223333";
const arn = (path: string) => `arn:aws:s3:::acme-data${path}`;
const denial = (action: string, target: string, ...narrower: string[]): Denial => ({
  action,
  target,
  reason: "No policy permits it.",
  ...(narrower.length > 0 && {
    hint: `Policy covers ${narrower.join(", ")}: ask for that, or with mode=narrow for what is permitted.`,
  }),
});
const detail = (actions: string[], resources: string[]): Detail => ({
  type: "aws",
  account: ACCOUNT,
  actions,
  resources,
});
const instead = (details: readonly Detail[], ...denials: Denial[]) => askInstead({ details, line: LINE }, denials);

const LINE = {
  command: "exec",
  options: [["--purpose", "it's a test"], ["--ttl=60"], ["--no-wait"]],
  own: ["sh", "-c", "echo it's $HOME"],
};
const HEAD = `npx valetkey exec --purpose 'it'\\''s a test' --ttl=60 --no-wait --account ${ACCOUNT}`;
const OWN = "-- sh -c 'echo it'\\''s $HOME'";

describe("the proposed request after a denial", () => {
  it.each([
    [
      "the part that policy covers",
      [["s3:GetObject"], [arn("/*")]],
      [denial("s3:GetObject", arn("/*"), arn("/reports/*"))],
      [`s3:GetObject=${arn("/reports/*")}`],
    ],
    [
      "several parts",
      [["s3:GetObject"], [arn("/*")]],
      [denial("s3:GetObject", arn("/*"), arn("/a/*"), arn("/b, c/*"))],
      [`s3:GetObject=${arn("/a/*")},${arn("/b, c/*")}`],
    ],
    [
      "what was not denied",
      [["s3:GetObject"], [arn("/a"), arn("/b")]],
      [denial("s3:GetObject", arn("/b"))],
      [`s3:GetObject=${arn("/a")}`],
    ],
    [
      "the actions that were not denied",
      [["s3:GetObject", "s3:PutObject"], [arn("/a")]],
      [denial("s3:PutObject", arn("/a"))],
      [`s3:GetObject=${arn("/a")}`],
    ],
    [
      "the named one of a pattern's actions",
      [["s3:Get*"], [arn("/*")]],
      [denial("s3:GetObject", arn("/*"), arn("/a")), denial("s3:GetObjectAcl", arn("/*"))],
      [`s3:GetObject=${arn("/a")}`],
    ],
  ] as const)("is %s", (_, [actions, resources], denials, flags) => {
    const line = instead([detail([...actions], [...resources])], ...denials);
    expect(line).toBe(`${HEAD} ${flags.map((flag) => `--allow ${shellWord(flag, "sh")}`).join(" ")} ${OWN}`);
    expect(() => intentOf({ allow: flags, tool: [], account: ACCOUNT })).not.toThrow();
  });

  it("is quoted for the shell of the person who copies it", () => {
    const denied = denial("s3:GetObject", arn("/*"), arn("/a"));
    Object.assign(process.env, { SHELL: "", PSModulePath: "C:\\Modules" });
    expect(instead([detail(["s3:GetObject"], [arn("/*")])], denied)).toContain("--purpose 'it''s a test'");
    process.env.SHELL = "/bin/zsh";
    expect(instead([detail(["s3:GetObject"], [arn("/*")])], denied)).toContain("--purpose 'it'\\''s a test'");
  });

  it.each([
    ["several actions on several resources", [detail(["s3:GetObject", "s3:ListBucket"], [arn(""), arn("/*")])]],
  ])("is the same with less accepted, for %s", (_, details) => {
    expect(instead(details, denial("s3:ListBucket", arn("")))).toBe(
      `${HEAD} --allow 's3:GetObject,s3:ListBucket=${arn("")},${arn("/*")}' --accept-less ${OWN}`,
    );
  });

  it.each([
    ["all of it is denied", [detail(["s3:GetObject"], [arn("/a")])], [denial("s3:GetObject", arn("/a"))]],
    ["nothing is denied", [detail(["s3:GetObject"], [arn("/a")])], []],
    [
      "flags cannot express it",
      [{ ...detail(["s3:GetObject"], [arn("/a")]), conditions: {} }],
      [denial("s3:GetObject", arn("/a"), arn("/a/b"))],
    ],
    [
      "there are several details",
      [detail(["s3:GetObject"], [arn("/a")]), { type: "tool", server: "t", tools: ["x"] }],
      [denial("tool:Call", "t/x")],
    ],
  ] as const)("is not printed where %s", (_, details, denials) => {
    expect(instead(details as readonly Detail[], ...denials)).toBeUndefined();
  });

  it("is a flag for each set of resources where actions are covered on different ones", () => {
    const request = [detail(["s3:GetObject", "s3:PutObject"], [arn("/*")])];
    const denials = [denial("s3:GetObject", arn("/*"), arn("/a/*")), denial("s3:PutObject", arn("/*"), arn("/b/*"))];
    expect(instead(request as readonly Detail[], ...denials)).toContain(
      `--allow 's3:GetObject=${arn("/a/*")}' --allow 's3:PutObject=${arn("/b/*")}' ${OWN}`,
    );
  });

  it("cannot be made to run anything by what the service answers", () => {
    const evil = denial("s3:GetObject", arn("/*"), `${arn("/")}'; echo CAUGHT; '`);
    const line = instead([detail(["s3:GetObject"], [arn("/*")])], evil) ?? "";
    // As a shell reads it: nothing outside quotes but options and words of ours.
    expect(line.replace(/'[^']*'|\\'/g, "Q")).toMatch(
      /^npx valetkey exec --purpose Q+ --ttl=60 --no-wait --account \d+ --allow Q+ -- sh -c Q+$/,
    );
  });

  it("runs the user's own command, word for word, with the permitted part", () => {
    const bin = mkdtempSync(join(tmpdir(), "valetkey-bin-"));
    writeFileSync(join(bin, "npx"), `#!/bin/sh\nfor word in "$@"; do printf '%s\\n' "$word"; done\n`, { mode: 0o755 });
    const line = instead([detail(["s3:GetObject"], [arn("/*")])], denial("s3:GetObject", arn("/*"), arn("/a"))) ?? "";
    const words = execFileSync("sh", ["-c", line], { encoding: "utf8", env: { PATH: `${bin}:/usr/bin:/bin` } });
    expect(words.split("\n").slice(0, -1)).toEqual([
      ...["valetkey", "exec", "--purpose", "it's a test", "--ttl=60", "--no-wait", "--account", ACCOUNT],
      ...["--allow", `s3:GetObject=${arn("/a")}`, "--", "sh", "-c", "echo it's $HOME"],
    ]);
  });

  it("has an ellipsis in place of a command with a character that no line shows", () => {
    const denied = denial("s3:GetObject", arn("/*"), arn("/a"));
    const asked = (own: readonly string[]) =>
      askInstead({ details: [detail(["s3:GetObject"], [arn("/*")])], line: { ...LINE, own } }, [denied]);
    expect(asked(["sh", "-c", "echo a\necho b"])).toMatch(/ -- \.\.\.$/);
    expect(asked(["x", "\u202e"])).toMatch(/ -- \.\.\.$/);
  });

  it("leaves out a standing approval that policy does not let people give, and is none for fewer uses", () => {
    const details = [detail(["s3:PutObject"], [arn("/a")])];
    const line = { ...LINE, options: [["--standing", "3/1d"], ["--standing=3/1d"], ["--ttl=60"]] };
    const whole = { action: "*", target: "*", reason: "For one task at a time." };
    const asked = (hint: string) => askInstead({ details, line }, [{ ...whole, hint }], details);
    expect(asked("Ask without `standing`.")).toBe(
      `npx valetkey exec --ttl=60 --account ${ACCOUNT} --allow s3:PutObject=${arn("/a")} ${OWN}`,
    );
    expect(asked("Ask for fewer uses, or a shorter window.")).toBeUndefined();
  });

  it("is none where a program made the request", () => {
    const denied = denial("s3:GetObject", arn("/*"), arn("/a"));
    expect(askInstead({ details: [detail(["s3:GetObject"], [arn("/*")])] }, [denied])).toBeUndefined();
  });
});
