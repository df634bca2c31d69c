import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { VERSION } from "../../../../functions/names.ts";
import { callClient } from "../call-client.ts";
import { AGENT, answers, folder, ok, run, setOperatorStage, valetkey } from "./operator-stage.ts";

setOperatorStage();

describe("valetkey doctor", () => {
  it("finds nothing wrong where nothing is", async () => {
    answers["GET /.well-known/oauth-authorization-server"] = ok({
      issuer: valetkey.url,
      audiences: { exchange: "aud" },
    });
    answers["GET /v1/agents"] = ok({ agents: [AGENT] });
    const { code, stdout } = await run("doctor");
    expect(code).toBe(0);
    expect(stdout).toMatch(/operator +ok +may list agents/);
  });

  it.each([
    [{ halted: false }, /^revocation +ok +IAM has the policies of all task roles$/m],
    [
      {
        halted: false,
        unwritable: {
          since: "2026-11-24T10:41:07Z",
          last_key_dies_by: "2026-11-24T10:46:10Z",
          accounts: ["111122223333"],
        },
      },
      /^revocation +bad +IAM cannot be written since 2026-11-24T10:41:07Z; the last key dies by itself at 2026-11-24T10:46:10Z \(111122223333\)\n {2}mend: see docs\/runbook\.md/m,
    ],
  ])("reports whether endings can be written to IAM: %j", async (panic, line) => {
    answers["GET /v1/agents"] = ok({ agents: [AGENT] });
    answers["GET /v1/panic"] = ok(panic);
    expect((await run("doctor")).stdout).toMatch(line);
  });

  it("lists agents in use whose owner names no person", async () => {
    answers["GET /.well-known/oauth-authorization-server"] = ok({ issuer: valetkey.url });
    const agents = [
      AGENT,
      { ...AGENT, id: "owned", owner: "staff|ann" },
      { ...AGENT, id: "gone", status: "offboarded" },
    ];
    answers["GET /v1/agents"] = ok({ agents });
    const { stdout } = await run("doctor");
    expect(stdout).toMatch(
      /^owners +unknown +1 agent has an owner who names no person: reports\n {2}mend: .*issuer\|person/m,
    );
  });

  it("names a hub of another minor version, which may answer in another way", async () => {
    const metadata = { issuer: valetkey.url, valetkey_version: "9.3.0" };
    answers["GET /.well-known/oauth-authorization-server"] = ok(metadata);
    const { code, stdout } = await run("doctor");
    expect(code).toBe(1);
    expect(stdout).toMatch(
      /^version +bad +the service's is 9\.3\.0, this is .*\n {2}mend: install valetkey 9\.3\.0 here/m,
    );
    answers["GET /.well-known/oauth-authorization-server"] = ok({ ...metadata, valetkey_version: VERSION });
    expect((await run("doctor")).stdout).toMatch(new RegExp(`^version +ok +${VERSION}$`, "m"));
  });

  it("names agents whose threat model nobody has accepted, only where the gate requires it", async () => {
    const agents = [{ id: "one" }, { id: "two" }, { id: "gone", status: "offboarded" }].map((each) => ({
      ...AGENT,
      ...each,
    }));
    answers["GET /v1/agents"] = ok({ agents });
    const path = (id: string) => `GET /v1/agents/${id}/threat-model`;
    answers[path("one")] = ok({ status: "none" });
    expect((await run("doctor")).stdout).not.toContain("threat models");
    const gate = { required_from: "1970-01-01T00:00:00Z" };
    answers[path("one")] = ok({ status: "accepted", ...gate });
    answers[path("two")] = ok({ status: "stale", ...gate });
    expect((await run("doctor")).stdout).toMatch(
      /^threat models +unknown +not accepted as deployed: two; so they get nothing in production accounts\n {2}mend: /m,
    );
    answers[path("two")] = ok({ status: "none", required_from: "2999-01-01T00:00:00Z" });
    answers[path("one")] = ok({ status: "accepted", required_from: "2999-01-01T00:00:00Z" });
    expect((await run("doctor")).stdout).toContain("two; from 2999-01-01T00:00:00.000Z on they get nothing");
    answers[path("two")] = ok({ status: "accepted", ...gate });
    expect((await run("doctor")).stdout).toMatch(/^threat models +ok +accepted of every agent in use$/m);
  });

  it("names the fault and its remedy, with exit code 1", async () => {
    answers["GET /.well-known/oauth-authorization-server"] = {
      status: 200,
      body: { issuer: "https://other.example.com" },
      headers: { date: "Thu, 01 Jan 2026 00:00:00 GMT" },
    };
    const { code, stdout } = await run("doctor", "--json");
    expect(code).toBe(1);
    const { findings } = JSON.parse(stdout) as { findings: { check: string; state: string; mend?: string }[] };
    expect(findings.filter(({ state }) => state === "bad").map(({ check }) => check)).toEqual(["address", "clock"]);
    for (const { state, mend } of findings) if (state === "bad") expect(mend).toBeTruthy();
    expect((await run("doctor")).stdout).toMatch(/^address +bad +calls itself .*\n {2}mend: use that as --url/m);
  });

  it("skips what it has no credentials for, and what only a checkout knows, and names what that takes", async () => {
    answers["GET /.well-known/oauth-authorization-server"] = ok({ issuer: valetkey.url });
    const args = ["doctor", "--config", join(folder, "none.json")];
    const { code, stdout } = await callClient(args, { VALETKEY_URL: valetkey.url, XDG_CONFIG_HOME: folder });
    expect(code).toBe(0);
    for (const line of [
      /^identity +skipped .*\n {2}mend: needed by agents/m,
      /^operator +skipped .*\n {2}mend: needed by operators/m,
      /^deployment +skipped +there is no .*\n {2}mend: operators: in the checkout/m,
    ])
      expect(stdout).toMatch(line);
  });
});
