import { cpSync, existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { isAuthorized } from "@cedar-policy/cedar-wasm/nodejs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { adviceOf, type ReadTask } from "../../../../client/operate/advice/advice.ts";
import { asked, folder, ok, run, setOperatorStage, valetkey } from "./operator-stage.ts";

setOperatorStage();

const ACCOUNT = "111122223333";
const READ = "arn:aws:s3:::acme-data/reports/*";
const DAY_MS = 86_400_000;
const NOW = Date.now();

const detail = (actions: readonly string[], resources = [READ]) => ({
  type: "aws",
  account: ACCOUNT,
  actions,
  resources,
});
const unused = (action: string, resource = READ, visibility = "data_event_selected") => ({
  ...{ action, resource, granted: true, used: 0, denied: 0, visibility },
});
const use = (action: string, more = {}) => ({
  ...{
    action,
    resource: "arn:aws:s3:::acme-data/reports/a",
    granted: true,
    used: 3,
    denied: 0,
    visibility: "data_event_selected",
  },
  ...{ first: 1, last: 2, ...more },
});

/** A history of tasks, one each so many days, in which `s3:GetObject` was used and `s3:PutObject` was not. */
const history = (tasks: number, everyDays: number, more: (n: number) => Partial<ReadTask> = () => ({})): ReadTask[] =>
  Array.from({ length: tasks }, (_, n) => ({
    endedAtMs: NOW - (n * everyDays + 1) * DAY_MS,
    details: [detail(["s3:GetObject", "s3:PutObject"])],
    rows: [use("s3:GetObject"), unused("s3:PutObject")],
    ...more(n),
  }));

describe("a grant that an agent never used", () => {
  it("is unused where 20 tasks over 14 days show so, and the intent is smaller by it", () => {
    expect(adviceOf(history(20, 1))).toMatchObject({
      missing: undefined,
      actions: ["s3:PutObject"],
      pairs: [
        { action: "s3:GetObject", granted: 20, used: 20, verdict: "used" },
        { action: "s3:PutObject", granted: 20, used: 0, verdict: "unused" },
      ],
      intent: [detail(["s3:GetObject"])],
    });
  });

  it.each([
    ["needs no right", use("sts:GetCallerIdentity", { granted: false })],
    ["needs no right, and IAM does not know", use("sts.amazonaws.com:GetScopedCredentials", { granted: false })],
    ["is another service's", use("kms:Decrypt", { granted: false })],
    ["was denied", use("s3:DeleteObject", { granted: false, used: 0, denied: 1 })],
  ])("is unused though a call that %s was made: it proves nothing of the grant", (_, row) => {
    const rows = [use("s3:GetObject"), unused("s3:PutObject"), row];
    expect(adviceOf(history(20, 1, () => ({ rows }))).actions).toEqual(["s3:PutObject"]);
  });

  it.each([
    ["19 tasks", history(19, 1), /1 more task \(19 of 20\)/],
    ["20 tasks in one day", history(20, 0), /tasks over 14 days \(they are over 0\)/],
    ["none", [], /20 more tasks.*14 days/],
  ])("is not advised on after %s, and what is missing is named", (_, tasks, missing) => {
    expect(adviceOf(tasks).missing).toMatch(missing);
  });

  it.each<[string, string, (n: number) => Partial<ReadTask>]>([
    ["used", "it was used once", (n) => (n === 7 ? { rows: [use("s3:GetObject"), use("s3:PutObject")] } : {})],
    [
      "used",
      "it was tried once, and AWS denied it",
      (n) => (n === 7 ? { rows: [use("s3:GetObject"), use("s3:PutObject", { used: 0, denied: 1 })] } : {}),
    ],
    [
      "not_seen",
      "no trail selects such events",
      () => ({ rows: [use("s3:GetObject"), unused("s3:PutObject", READ, "data_event_not_selected")] }),
    ],
    [
      "not_seen",
      "nobody ever logs it",
      () => ({ rows: [use("s3:GetObject"), unused("s3:PutObject", READ, "never_logged")] }),
    ],
    [
      "not_seen",
      "one task has more rows than a ledger holds",
      (n) =>
        n === 7
          ? { rows: [use("s3:GetObject"), unused("s3:PutObject"), use("other", { resource: "*", granted: false })] }
          : {},
    ],
    [
      "not_seen",
      "a call of its service was allowed in one task that no grant names",
      (n) =>
        n === 7 ? { rows: [use("s3:GetObject"), unused("s3:PutObject"), use("s3:PutThing", { granted: false })] } : {},
    ],
    [
      "not_seen",
      "a call was allowed of an event that IAM does not know, of a service under another name",
      (n) =>
        n === 7
          ? {
              rows: [
                use("s3:GetObject"),
                unused("s3:PutObject"),
                use("s3-data.amazonaws.com:PutThing", { granted: false }),
              ],
            }
          : {},
    ],
    [
      "not_seen",
      "no call of the account was ever seen: there is no trail",
      () => ({ rows: [unused("s3:GetObject"), unused("s3:PutObject")] }),
    ],
    [
      "not_seen",
      "its Region is one of which no call is ever told",
      () => ({
        details: [detail(["s3:GetObject"]), detail(["s3:PutObject"], ["arn:aws:sqs:eu-west-3:1:q"])],
        rows: [
          use("s3:GetObject", { region: "eu-west-1" }),
          unused("s3:PutObject", "arn:aws:sqs:eu-west-3:1:q", "management"),
        ],
      }),
    ],
    [
      "too_little",
      "it was granted in 19 tasks",
      (n) => (n === 7 ? { details: [detail(["s3:GetObject"])], rows: [use("s3:GetObject")] } : {}),
    ],
  ])("is %s, and retained, where %s", (verdict, _, more) => {
    const { pairs, actions, intent } = adviceOf(history(20, 1, more));
    expect(pairs.find(({ action }) => action === "s3:PutObject")?.verdict).toBe(verdict);
    expect(actions).toEqual([]);
    expect(JSON.stringify(intent)).toContain("s3:PutObject");
  });

  it("is too little where it was granted in 20 tasks within ten days, whatever else the agent did for longer", () => {
    const tasks = history(30, 1, (n) =>
      n < 10 ? {} : { details: [detail(["s3:GetObject"])], rows: [use("s3:GetObject")] },
    );
    const twice = [...tasks.slice(0, 10), ...tasks];
    expect(adviceOf(twice)).toMatchObject({ missing: undefined, actions: [] });
    expect(adviceOf(twice).pairs).toContainEqual(
      expect.objectContaining({ action: "s3:PutObject", granted: 20, verdict: "too_little" }),
    );
  });

  it("names no action for a policy that is used on anything, and drops the unused resource from the intent", () => {
    const other = "arn:aws:s3:::acme-logs/*";
    const tasks = history(20, 1, () => ({
      details: [detail(["s3:GetObject"], [READ, other])],
      rows: [use("s3:GetObject"), unused("s3:GetObject", other)],
    }));
    expect(adviceOf(tasks)).toMatchObject({ actions: [], intent: [detail(["s3:GetObject"])] });
  });

  it("never grows by what an agent does: any further use retains at least what was retained", () => {
    const row = fc.constantFrom(
      use("s3:PutObject"),
      use("other"),
      use("iam:CreateUser", { granted: false }),
      use("s3:GetObject"),
    );
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(19), row), { maxLength: 20 }), (uses) => {
        const quiet = history(20, 1);
        const loud = quiet.map((task, n) => {
          const further = uses.filter(([at]) => at === n).map(([, each]) => each);
          const rows = task.rows.filter(
            ({ action, used }) => used !== 0 || !further.some((each) => each.action === action),
          );
          return { ...task, rows: [...rows, ...further] };
        });
        const [before, after] = [adviceOf(quiet), adviceOf(loud)];
        expect(before.actions).toEqual(expect.arrayContaining([...after.actions]));
        // Nor does it name anything that was not granted.
        for (const { action } of after.pairs) expect(["s3:GetObject", "s3:PutObject"]).toContain(action);
      }),
    );
  });
});

describe("valetkey agents advise", () => {
  const POLICIES = fileURLToPath(new URL("../../../../policies", import.meta.url));

  /** A service in which the agent has this history. */
  const withHistory = (tasks: readonly ReadTask[], agent = "demo") => {
    valetkey.other = ({ path }) => {
      const [, n] = /^\/v1\/tasks\/t(\d+)\.\/ledger$/.exec(path) ?? [];
      if (n !== undefined) return ok({ rows: tasks[Number(n)]?.rows });
      if (path !== `/v1/tasks?agent=${agent}&ended=true`)
        return { status: 404, body: { code: "not_found", error_description: "Nothing." } };
      return ok({
        tasks: tasks.map(({ endedAtMs, details }, index) => ({
          ...{ id: `t${index}.`, agent, status: "completed", ended_at: new Date(endedAtMs).toISOString() },
          authorization_details: details,
        })),
      });
    };
  };
  const advise = (...more: string[]) =>
    run("agents", "advise", "demo", "--policies", join(folder, "policies"), ...more);
  const withPolicies = () => cpSync(POLICIES, join(folder, "policies"), { recursive: true });

  it("prints a smaller intent and a policy as a diff, on which the cases ran, and applies nothing", async () => {
    withPolicies();
    withHistory(history(20, 1));
    const before = readdirSync(join(folder, "policies")).sort();
    const { code, stdout } = await advise();
    expect(code).toBe(0);
    expect(stdout).toMatch(/^20 tasks of demo over 19 days\. Nothing is applied\./);
    expect(stdout).toMatch(/^\+\+\+ \S+\/policies\/advice-demo\.cedar\n@@ -0,0 \+1,9 @@\n\+@id\("advice-demo"\)$/m);
    expect(stdout).toMatch(/^\+forbid \($/m);
    expect(stdout).toMatch(/^\+ {4}Action::"s3:PutObject"$/m);
    expect(stdout).not.toMatch(/^[+-]permit/m);
    expect(stdout).not.toMatch(/^-[^-]/m);
    expect(stdout).toMatch(/^Cases: [1-9]\d*, all as before; none is decided by the new policy: write one\.$/m);
    expect(readdirSync(join(folder, "policies")).sort()).toEqual(before);
    expect(asked().every((each) => each.startsWith("GET "))).toBe(true);
  });

  it.each([
    ["on no resource", "s3:ListAllMyBuckets", "*", { type: "AWS::Account", id: ACCOUNT, attrs: { account: ACCOUNT } }],
    [
      "on a resource",
      "s3:PutObject",
      READ,
      { type: "AWS::Resource", id: READ, attrs: { arn: READ, service: "s3", region: "", account: ACCOUNT } },
    ],
  ])("forbids what was never used %s, for this agent alone", async (_, action, target, { attrs, ...uid }) => {
    withPolicies();
    withHistory(
      history(20, 1, () => ({
        details: [detail(["s3:GetObject"]), detail([action], [target])],
        rows: [use("s3:GetObject"), unused(action, target, "management")],
      })),
    );
    const { diff } = JSON.parse((await advise("--json")).stdout) as { diff: string };
    const cedar = diff.replaceAll(/^(---|\+\+\+|@@).*\n/gm, "").replaceAll(/^\+/gm, "");
    const answer = (agent: string) =>
      isAuthorized({
        principal: { type: "Agent", id: agent },
        action: { type: "Action", id: action },
        resource: uid,
        context: {},
        policies: { staticPolicies: `permit (principal, action, resource);\n${cedar}` },
        entities: [{ uid, attrs, parents: [] }],
      });
    expect([answer("demo"), answer("other")]).toMatchObject([
      { type: "success", response: { decision: "deny" } },
      { type: "success", response: { decision: "allow" } },
    ]);
  });

  it("names the cases that would not come out as expected any more", async () => {
    withPolicies();
    withHistory(
      history(20, 1, () => ({
        details: [detail(["s3:GetObject", "s3:PutObject"])],
        rows: [use("s3:PutObject"), unused("s3:GetObject")],
      })),
    );
    const { stdout } = await advise("--json");
    const printed = JSON.parse(stdout);
    expect(printed.cases.isDecided).toBe(true);
    expect(printed.cases.broken.length).toBeGreaterThan(0);
    expect(printed.cases.broken[0]).toMatch(/^demo\.cases\.json:\d+: /);
  });

  it("refuses where there is too little data, and names what is missing", async () => {
    withHistory(history(3, 1));
    expect(await advise()).toMatchObject({
      code: 75,
      stdout: "",
      stderr: expect.stringContaining("17 more tasks (3 of 20)"),
    });
  });

  it("leaves out tasks of the last hour, of which CloudTrail may not have reported", async () => {
    withHistory(history(20, 1, (n) => (n === 0 ? { endedAtMs: Date.now() - 60_000 } : {})));
    expect(await advise()).toMatchObject({ code: 75, stderr: expect.stringContaining("1 more task (") });
  });

  it("puts nothing of the ledger's or an intent's text into the policy but names of actions", async () => {
    const evil = 's3:X"], resource); permit (principal, action, resource); //';
    withHistory(
      history(20, 1, () => ({
        details: [detail([evil, "s3:PutObject", "s3:GetObject"], ["\u001b[2J\u202e*"])],
        rows: [use("s3:GetObject"), unused(evil, "\u001b[2J\u202e*"), unused("s3:PutObject", "\u001b[2J\u202e*")],
      })),
    );
    const { stdout } = await advise();
    const diff = stdout.slice(stdout.indexOf("--- /dev/null"), stdout.indexOf("Cases:"));
    expect(diff).toContain('Action::"s3:PutObject"');
    expect(diff).not.toContain("permit");
    for (const odd of ["\u001b", "\u202e"]) expect(stdout).not.toContain(odd);
    expect(existsSync(join(folder, "policies"))).toBe(false);
    expect(stdout).toMatch(/^Cases: not run \(/m);
  });

  it.each([
    ["--days", "0"],
    ["--days", "91"],
    ["--days", "x"],
  ])("takes no %s %s", async (...more) => {
    expect((await advise(...more)).code).toBe(64);
    expect(valetkey.seen).toEqual([]);
  });
});
