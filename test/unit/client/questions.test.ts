import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { callClient } from "./call-client.ts";
import { CANARY, FakeValetkey } from "./fake-valetkey.ts";
import { IDENTITY } from "./run-client.ts";

let service: FakeValetkey;
beforeEach(async () => {
  service = await new FakeValetkey().start();
});
afterEach(() => service.stop());

const ask = (...args: readonly string[]) => callClient(args, { ...IDENTITY, VALETKEY_URL: service.url });
const answering = (body: object, status = 200) => {
  service.other = () => ({ status, body });
};

const ARN = "arn:aws:s3:::acme-data/reports/*";
const detail = (actions: readonly string[], resources: readonly string[] = [ARN]) => ({
  type: "aws",
  account: "111122223333",
  actions,
  resources,
});
const denialOf = (action: string, target = ARN) => ({ action, target, reason: "No policy permits it." });
const CAN_I = ["can-i", `s3:GetObject=${ARN}`, "--account", "111122223333"];

const SELF = {
  agent: "demo",
  name: "Demo",
  owner: "staff|owner",
  team: "demo",
  status: "active",
  issuer: "robots",
  iss: "https://robots.test",
  sub: "agent:demo",
  limits: { live_tasks: 75, task_seconds: 3600, tasks_per_minute: 120 },
  live_tasks: 1,
  tasks: [
    { id: "k7f3m2q9x4ab.", purpose: "weekly \u001b[2Jreport", status: "active", expires_at: "2026-12-02T10:00:00Z" },
  ],
};

describe("valetkey whoami", () => {
  it("prints agent, binding to paste, limits and live tasks, and nothing that a terminal obeys", async () => {
    answering(SELF);
    const { code, stdout } = await ask("whoami");
    expect({ code, lines: stdout.split("\n") }).toEqual({
      code: 0,
      lines: [
        "demo (active): Demo, of team demo, owned by staff|owner",
        "  issuer   robots (https://robots.test)",
        "  subject  agent:demo",
        '  binding  {"issuer":"robots","claims":{"sub":"agent:demo"}}',
        "  limits   75 tasks alive, 3600 s each, 120 a minute",
        "  alive    1 task",
        "    k7f3m2q9x4ab.  active  until 2026-12-02T10:00:00Z  weekly  [2Jreport",
        "",
      ],
    });
    expect(service.seen).toMatchObject([{ method: "GET", path: "/v1/self", body: "" }]);
    expect(stdout).not.toContain(CANARY.identity);
  });

  it.each([
    ["pending", "waits: approval ap7f3m2q9x4abc1d"],
    ["approved", "approved, key not fetched: approval ap7f3m2q9x4abc1d"],
    ["denied", "denied: approval ap7f3m2q9x4abc1d"],
  ])("prints of a task that asked people first that its request is %s", async (state, words) => {
    const [task] = SELF.tasks;
    const approval = { id: "ap7f3m2q9x4abc1d", state };
    answering({ ...SELF, tasks: [{ ...task, status: "pending_approval", approval }] });
    const { stdout } = await ask("whoami");
    expect(stdout).toContain(`    k7f3m2q9x4ab.  ${words}  until 2026-12-02T10:00:00Z  `);
  });

  it("prints the answer as JSON", async () => {
    answering(SELF);
    expect(JSON.parse((await ask("whoami", "--json")).stdout)).toEqual(SELF);
  });

  it("inside a task names the task, and sends nothing", async () => {
    const inside = {
      VALETKEY_URL: service.url,
      VALETKEY_TASK: "k7f3m2q9x4ab_",
      AWS_CONTAINER_CREDENTIALS_FULL_URI: `${service.url}/aws-0`,
    };
    for (const words of [["whoami"], CAN_I]) {
      const { code, stderr } = await callClient(words, inside);
      expect([code, stderr]).toEqual([
        66,
        expect.stringContaining("this is inside task k7f3m2q9x4ab_ (VALETKEY_TASK)"),
      ]);
    }
    expect(service.seen).toEqual([]);
  });

  it("exits 77 where the token leads to no agent, and refuses the options of a task", async () => {
    answering({ error: "invalid_request", code: "agent_unknown", error_description: "No agent." }, 400);
    expect(await ask("whoami")).toMatchObject({ code: 77, stdout: "" });
    expect(await ask("whoami", "--allow", `s3:GetObject=${ARN}`)).toMatchObject({ code: 64 });
  });
});

describe("valetkey can-i", () => {
  it("asks with the form of a task, and starts none", async () => {
    answering({ agent: "demo", decision: "permitted", authorization_details: [detail(["s3:GetObject"])] });
    expect(await ask(...CAN_I)).toMatchObject({ code: 0, stdout: `yes\n  permitted: s3:GetObject on ${ARN}\n` });
    const [{ path = "", body = "" } = {}, ...others] = service.seen;
    expect({ path, others }).toEqual({ path: "/v1/decide", others: [] });
    expect(Object.fromEntries(new URLSearchParams(body))).toMatchObject({ mode: "narrow", purpose: "can-i" });
  });

  it.each([
    ["behind an option", ["--account", "111122223333", `s3:GetObject=${ARN}`]],
    ["between options", ["--json", `s3:GetObject=${ARN}`, "--account", "111122223333"]],
  ])("takes its words %s", async (_, words) => {
    answering({ agent: "demo", decision: "permitted", authorization_details: [detail(["s3:GetObject"])] });
    expect(await ask("can-i", ...words)).toMatchObject({ code: 0, stderr: "" });
    const sent = new URLSearchParams(service.seen[0]?.body).get("authorization_details");
    expect(JSON.parse(sent ?? "")).toEqual([detail(["s3:GetObject"])]);
  });

  it.each([
    ["an action and an ARN in two words", ["s3:GetObject", ARN], `; write 's3:GetObject=${ARN}'`],
    ["an action alone", ["s3:GetObject"], ", not: s3:GetObject"],
    ["a misplaced token", [CANARY.identity], ""],
  ])("names its own form for %s, and asks nothing", async (_, words, next) => {
    const takes =
      "can-i takes action[,action...]=arn[,arn...] in one word, for example 's3:GetObject=arn:aws:s3:::acme-data/reports/*'";
    expect(await ask("can-i", ...words)).toMatchObject({ code: 64, stderr: `valetkey: ${takes}${next}\n` });
    expect(service.seen).toEqual([]);
  });

  it("exits 77 and names both parts where a part is not permitted", async () => {
    answering({
      agent: "demo",
      decision: "permitted",
      authorization_details: [detail(["s3:GetObject"])],
      denials: [denialOf("s3:PutObject"), denialOf("s3:DeleteObject")],
    });
    const { code, stdout } = await ask(...CAN_I);
    expect({ code, stdout }).toEqual({
      code: 77,
      stdout: `in part\n  permitted: s3:GetObject on ${ARN}\n  denied: s3:PutObject, s3:DeleteObject on ${ARN}\n    No policy permits it.\n`,
    });
  });

  it("exits 75 and names the votes where people must approve first", async () => {
    const needed = [{ group: "sre", count: 2 }];
    answering({ agent: "demo", decision: "approval", authorization_details: [detail(["s3:GetObject"])], needed });
    const { code, stdout } = await ask(...CAN_I);
    expect({ code, first: stdout.split("\n")[0] }).toEqual({ code: 75, first: "yes, once people approve it: sre (2)" });
  });

  it("exits 77 with the refusal where nothing is permitted", async () => {
    const refusal = { error: "access_denied", code: "agent_inactive", error_description: "The agent is not active." };
    answering({ agent: "demo", decision: "refused", refusal });
    expect(await ask(...CAN_I)).toMatchObject({ code: 77, stdout: "no: The agent is not active.\n" });
  });
});

describe("valetkey can-i --list", () => {
  it("prints each permit with its terms, and what is left out of all of them", async () => {
    answering({
      agent: "demo",
      permits: [
        { policy: "reads-reports", reach: [`s3:GetObject on ${ARN}`], needs: "", waits_for: [] },
        { policy: "deploys", reach: ["every action on \u001b[2J"], needs: "2 of sre approve", waits_for: [] },
      ],
      except: [{ policy: "no-payroll", reach: ["every action on arn:aws:s3:::acme-payroll*"] }],
      uncounted: ["office-hours"],
    });
    const { code, stdout } = await ask("can-i", "--list");
    expect({ code, lines: stdout.split("\n") }).toEqual({
      code: 0,
      lines: [
        "reads-reports",
        `  s3:GetObject on ${ARN}`,
        "deploys, 2 of sre approve",
        "  every action on  [2J",
        "except, by no-payroll",
        "  every action on arn:aws:s3:::acme-payroll*",
        "except where office-hours applies, which depends on the request",
        "",
      ],
    });
    expect(service.seen).toMatchObject([{ method: "GET", path: "/v1/self/reach" }]);
  });

  it("says where policy grants nothing, and takes no intent beside it", async () => {
    answering({ agent: "demo", permits: [], except: [], uncounted: [] });
    expect(await ask("can-i", "--list")).toMatchObject({ code: 0, stdout: "Policy grants this agent nothing.\n" });
    expect(await ask("can-i", "--list", "--allow", `s3:GetObject=${ARN}`)).toMatchObject({ code: 64 });
  });
});

describe("a denied task", () => {
  const denials = Array.from({ length: 43 }, (_, n) => denialOf(`s3:Put${n}`));
  const exec = () =>
    callClient(
      [
        "exec",
        "--url",
        service.url,
        "--purpose",
        "p",
        "--account",
        "111122223333",
        "--allow",
        `s3:*=${ARN}`,
        "--",
        "true",
      ],
      IDENTITY,
    );
  beforeEach(() => {
    service.exchange = () => ({
      status: 403,
      body: { error: "access_denied", code: "policy_denied", error_description: "Denied.", denials },
    });
  });

  it("is three lines for 43 denials, with what is permitted and the command to try next", async () => {
    answering({
      agent: "demo",
      decision: "permitted",
      authorization_details: [detail(["s3:GetObject", "s3:GetObjectTagging"])],
    });
    const { code, stderr } = await exec();
    expect({ code, stderr }).toEqual({
      code: 77,
      stderr: [
        "valetkey: Denied.",
        `  denied: s3:Put0, s3:Put1, s3:Put2, s3:Put3, s3:Put4, s3:Put5 and 37 more on ${ARN}`,
        "    No policy permits it.",
        `  permitted: s3:GetObject, s3:GetObjectTagging on ${ARN}`,
        "  ask instead:",
        `    npx valetkey exec --url ${service.url} --purpose p --account 111122223333 --allow 's3:GetObject,s3:GetObjectTagging=${ARN}' -- true`,
        "",
      ].join("\n"),
    });
  });

  it("names nothing instead where policy permits nothing", async () => {
    answering({ agent: "demo", decision: "refused", denials, refusal: { code: "policy_denied" } });
    const { stderr } = await exec();
    expect(stderr).not.toContain("ask instead");
    expect(stderr).toContain(`  what policy permits:\n    npx valetkey can-i --list --url ${service.url}\n`);
  });

  it("offers to accept less where flags cannot say what is permitted", async () => {
    const limited = { ...detail(["s3:ListBucket"]), conditions: { StringLike: { "s3:prefix": "reports/*" } } };
    answering({ agent: "demo", decision: "permitted", authorization_details: [limited] });
    expect((await exec()).stderr).toContain(`--allow 's3:*=${ARN}' --accept-less -- true`);
  });

  it("says what it did before, with an older service or none", async () => {
    for (const other of [() => ({ status: 404, body: {} }), () => ({ status: 200, body: "<html>" })]) {
      service.other = other;
      expect(await exec()).toMatchObject({ code: 77, stderr: expect.stringContaining("and 37 more on") });
    }
  });
});
