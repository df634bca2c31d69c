import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { audit } from "../../../client/audit/main.ts";
import type { WhoCould } from "../../../client/audit/who-could/who-could-text.ts";
import type { EventType, JournalName } from "../../../contract/journal-types.ts";
import type { ArchivedEvent } from "../../../functions/core/archive/entry.ts";
import { EMPTY_CHAIN, type Facts, linkEvent } from "../../../functions/core/journal/event.ts";
import { deploymentFiles } from "../../../infra/config/build-deployment.ts";
import { archivedWorld } from "../../fakes/archive/archived-world.ts";

const FILE = "arn:aws:s3:::acme-data/a.csv";
const ACCOUNT = "111122223333";
const at = (time: string) => Date.parse(`2025-11-25T${time}:00Z`);

const POLICIES = `
@id("data-reads")
permit (principal in Team::"data", action == Action::"s3:GetObject", resource is AWS::Resource)
when { resource.arn like "arn:aws:s3:::acme-data/*" && context.purpose like "report*" };

@id("ops-reads")
@approval("sre")
permit (principal in Team::"ops", action == Action::"s3:GetObject", resource is AWS::Resource)
when { resource.arn like "arn:aws:s3:::acme-data/*" };

@id("ops-sends")
permit (principal in Team::"ops", action in Action::"sqs:Write", resource is AWS::Resource);

@id("freeze-stops-sending")
forbid (principal is Agent, action in Action::"sqs:Write", resource is AWS::Resource)
when { context.conditions.contains("change-freeze") };

@id("nobody-reads-secrets")
forbid (principal is Agent, action, resource is AWS::Resource)
when { resource.arn like "arn:aws:s3:::acme-data/secret*" };

@id("trainees-read-nothing")
forbid (principal is Agent, action, resource is AWS::Resource)
when { principal.labels.contains("trainee") };

@id("not-from-outside")
forbid (principal is Agent, action == Action::"s3:GetObject", resource is AWS::Resource)
unless { context has sourceIp && context.sourceIp.isInRange(ip("10.0.0.0/8")) };
`;

/** Writes a deployment's files, and returns their paths. */
function deploymentIn(folder: string, policies: string) {
  const place = { policiesDir: join(folder, "policies"), configFile: join(folder, "valetkey.json") };
  mkdirSync(place.policiesDir, { recursive: true });
  cpSync("policies/schema.cedarschema", join(place.policiesDir, "schema.cedarschema"));
  writeFileSync(join(place.policiesDir, "own.cedar"), policies);
  const { issuers, ...config } = JSON.parse(readFileSync("valetkey.json", "utf8"));
  const signIn = { approvals: { clientId: "approvals", freshness: "auth_time" }, console: { clientId: "console" } };
  const deployed = {
    ...config,
    issuers: issuers.map((each: { readonly name: string }) => (each.name === "staff" ? { ...each, ...signIn } : each)),
    approvers: { sre: { issuer: "staff", claim: "groups", value: "8f1c0c1e" } },
    console: { url: "https://console.example.com" },
    conditions: [{ name: "change-freeze", kind: "restricts", scopes: ["hub", "team"], longest: "24h" }],
  };
  writeFileSync(place.configFile, JSON.stringify(deployed));
  return place;
}

/** Makes events in journals of their own, each linked to the one before. */
function journals() {
  const events: ArchivedEvent[] = [];
  const add = (journal: JournalName, of: string, type: EventType, time: string, facts: Facts) => {
    const before = events.findLast((each) => each.journal === journal && each.of === of);
    const head = before ?? EMPTY_CHAIN;
    events.push({ journal, ...linkEvent(head, of, type, at(time), facts) });
  };
  return { events, add };
}

const reads = (resource: string) => [
  { type: "aws", account: ACCOUNT, actions: ["s3:GetObject"], resources: [resource] },
];

describe("valetkey audit who-could", () => {
  const root = mkdtempSync(join(tmpdir(), "valetkey-who-could-test-"));
  const archive = join(root, "archive");
  const repository = join(root, "repository");
  let [hash, later] = ["", ""];
  const git = (...args: readonly string[]) =>
    execFileSync("git", ["-C", repository, "-c", "user.name=a", "-c", "user.email=a@example.com", ...args], {
      env: { ...process.env, GIT_COMMITTER_DATE: "2025-11-25T08:00:00Z", GIT_AUTHOR_DATE: "2025-11-25T08:00:00Z" },
      encoding: "utf8",
    });

  beforeAll(async () => {
    const place = deploymentIn(repository, POLICIES);
    hash = deploymentFiles(place).manifest.hash;
    git("init", "-q");
    git("add", ".");
    git("commit", "-qm", "first");
    deploymentIn(repository, POLICIES.replace('@approval("sre")', ""));
    later = deploymentFiles(place).manifest.hash;
    git("commit", "-qam", "second");

    const { events, add } = journals();
    const registered = (id: string, team: string, time: string, more: Facts = {}) =>
      add("agents", id, "agent.registered", time, {
        by: "staff|ann",
        owner: "staff|bob",
        team,
        labels: [],
        bindings: [{ issuer: "github", claims: { sub: id } }],
        bundle: hash,
        ...more,
      });
    registered("reader", "data", "09:00");
    registered("on-call", "ops", "09:00");
    registered("trainee", "data", "09:00", { labels: ["trainee"] });
    registered("moved", "web", "09:00");
    registered("halted", "data", "09:00");
    registered("ended", "data", "09:00", { ends_at: at("11:00") / 1_000 });
    add("agents", "halted", "agent.suspended", "10:00", { by: "staff|ann", reason: "leaked" });
    add("tasks", "aaa.", "task.opened", "11:30", {
      agent: "reader",
      purpose: "report",
      details: reads("arn:aws:s3:::acme-data/*"),
      policies: ["data-reads"],
      bundle: hash,
      expires_at: at("13:00") / 1_000,
    });
    add("agents", "halted", "agent.resumed", "12:30", { by: "staff|ann" });
    add("agents", "moved", "agent.changed", "12:30", { by: "staff|ann", owner: "staff|bob", team: "data", labels: [] });
    add("tasks", "bbb.", "task.opened", "12:40", {
      agent: "reader",
      purpose: "report",
      details: reads("arn:aws:s3:::elsewhere/*"),
      policies: ["data-reads"],
      bundle: hash,
      expires_at: at("13:00") / 1_000,
    });
    add("tasks", "ccc.", "task.opened", "13:20", {
      agent: "newcomer",
      purpose: "report",
      details: reads(FILE),
      policies: ["data-reads"],
      bundle: hash,
      expires_at: at("13:50") / 1_000,
    });
    registered("newcomer", "data", "13:30", { bundle: later });
    add("deployment", "panic", "panic.declared", "14:00", { by: "staff|ann", reason: "drill" });
    add("deployment", "panic", "panic.lifted", "14:30", { by: "staff|ann" });
    add("tasks", "accounts", "account.halted", "15:00", { account: ACCOUNT, by: "staff|ann", reason: "strange key" });
    const freeze = { condition: "change-freeze", by: "staff|ann" };
    const freezes = [
      ["12:10", { ...freeze, scope: "hub", reason: "release", until: at("12:20") / 1_000 }],
      ["12:11", { ...freeze, scope: "hub", reason: "shorter", until: at("12:12") / 1_000 }],
      ["12:15", { ...freeze, scope: "team:data", until: at("12:50") / 1_000 }],
      ["12:16", { ...freeze, scope: "account:444455556666", until: at("12:50") / 1_000 }],
      ["12:16", { ...freeze, scope: "team:ops", until: at("12:50") / 1_000 }],
      ["12:40", { ...freeze, scope: "team:data" }],
      ["12:41", { ...freeze, scope: "team:ops" }],
    ] as const;
    for (const [index, [time, { condition, scope, ...facts }]] of freezes.entries()) {
      const type = "until" in facts ? "condition.tightened" : "condition.loosened";
      add("tasks", `freeze${index}_`, type, time, { condition, scope, ...facts });
    }
    const world = archivedWorld();
    await world.receive(events);
    await world.settle();
    for (const [name, body] of world.store.objects) {
      mkdirSync(dirname(join(archive, name)), { recursive: true });
      writeFileSync(join(archive, name), body);
    }
  });
  afterAll(() => rmSync(root, { recursive: true, force: true }));

  const run = async (...argv: readonly string[]) => {
    const [out, err]: [string[], string[]] = [[], []];
    const code = await audit(["who-could", ...argv], {
      out: (text) => void out.push(text),
      err: (text) => void err.push(text),
    });
    return { code, out: out.join(""), err: err.join("") };
  };
  const asked = async (time: string, ...more: readonly string[]) => {
    const moment = ["--at", `2025-11-25T${time}:00Z`, "--repository", repository, "--json"];
    const { out, err } = await run(archive, FILE, ...moment, ...more);
    if (out === "") throw new Error(err);
    return JSON.parse(out) as WhoCould;
  };
  const could = ({ agents }: WhoCould) => Object.fromEntries(agents.map(({ agent, could: word }) => [agent, word]));

  test("answers for each agent by its registration and the policies of the moment", async () => {
    const answer = await asked("12:00", "--action", "s3:GetObject");
    expect(could(answer)).toEqual({
      ended: "could_not",
      halted: "could_not",
      moved: "could_not",
      "on-call": "could_after_approval",
      reader: "could",
      trainee: "could_not",
    });
    expect(answer.not_registered).toEqual(["newcomer"]);
    expect(answer.other_grants.map(({ agent, task }) => `${agent} ${task}`)).toEqual(["newcomer ccc."]);
    const of = (id: string) => answer.agents.find(({ agent }) => agent === id);
    expect(of("reader")?.permits).toEqual([
      {
        policy: "data-reads",
        file: "own.cedar",
        actions: ["s3:GetObject"],
        says: expect.stringMatching(/^s3:GetObject on AWS::Resource where .*, given context\.purpose in report\*/),
        approval: false,
        accounts: [ACCOUNT],
      },
    ]);
    expect(new Set(of("reader")?.may_forbid.map(({ policy }) => policy))).toEqual(new Set(["not-from-outside"]));
    expect(of("on-call")?.permits[0]?.needs).toContain("sre");
    expect(of("halted")?.why).toEqual(["it was suspended since 2025-11-25T10:00:00.000Z by staff|ann: leaked"]);
    expect(of("ended")?.why).toEqual(["it was past its end since 2025-11-25T11:00:00.000Z"]);
    expect(of("moved")?.why).toEqual(["no policy permits it"]);
    expect(of("trainee")?.why).toEqual(["a policy forbids it"]);
    expect(of("trainee")?.forbids.map(({ policy }) => policy)).toEqual(["trainees-read-nothing"]);
  });

  test.each([
    ["arn:aws:s3:::acme-data/secret.csv", { reader: "could_not", "on-call": "could_not" }, []],
    ["arn:aws:s3:::acme-data/*", { reader: "could", "on-call": "could_after_approval" }, ["nobody-reads-secrets"]],
    ["arn:aws:s3:::other/a.csv", { reader: "could_not", "on-call": "could_not" }, []],
    [`arn:aws:sqs:us-east-1:${ACCOUNT}:q`, { reader: "could_not", "on-call": "could" }, []],
    ["arn:aws:sqs:us-east-1:444455556666:q", { reader: "could_not", "on-call": "could_not" }, []],
  ])("answers about %s", async (arn, words, excluded) => {
    const { out } = await run(archive, arn, "--at", "2025-11-25T12:00:00Z", "--repository", repository, "--json");
    const answer = JSON.parse(out) as WhoCould;
    expect(could(answer)).toMatchObject(words);
    const reader = answer.agents.find(({ agent }) => agent === "reader");
    const secrets = reader?.may_forbid.filter(({ policy }) => policy === "nobody-reads-secrets");
    expect(new Set(secrets?.map(({ policy }) => policy))).toEqual(new Set(excluded));
  });

  test("names the resources inside of one that have ARNs of their own, with the command about these", async () => {
    const moment = ["--at", "2025-11-25T12:00:00Z", "--repository", repository];
    const { out } = await run(archive, "arn:aws:s3:::acme-data", "--action", "s3:ListBucket", ...moment);
    const [, line = ""] = out.split("\n");
    const [, words = ""] =
      /^Not in this answer: arn:aws:s3:::acme-data\/\*, which are other ARNs\. For these: (?:npx )?valetkey audit who-could (.*)$/.exec(
        line,
      ) ?? [];
    const again = await run(...words.split(" ").map((word) => word.replaceAll("'", "")));
    expect(again.out).toContain("\n  had a key then: task aaa. ");
    expect(again.out).not.toContain("Not in this answer");
    expect((await run(archive, FILE, ...moment)).out).not.toContain("Not in this answer");
    expect((await run(archive, `arn:aws:sqs:us-east-1:${ACCOUNT}:q`, ...moment)).out).not.toContain("Not in this");
  });

  test("names the conditions of the world that held at the moment, beside the policies that read them", async () => {
    const queue = `arn:aws:sqs:us-east-1:${ACCOUNT}:q`;
    const text = async (time: string) => {
      const options = ["--action", "sqs:SendMessage", "--at", `2025-11-25T${time}Z`, "--repository", repository];
      return (await run(archive, queue, ...options)).out.split("\n");
    };
    const held = (lines: readonly string[]) => lines.filter((line) => line.startsWith("held then"));
    const unless = (lines: readonly string[]) =>
      lines.find((line) => line.startsWith("  forbidden by freeze-stops-sending"))?.split("; held then: ")[1];
    const answerOf = (lines: readonly string[]) => lines.find((line) => line.includes(": on-call (team ops"));
    expect(held(await text("12:09:59"))).toEqual([]);
    expect(unless(await text("12:09:59"))).toBeUndefined();
    const during = await text("12:17:00");
    expect(held(during)).toEqual([
      "held then: change-freeze (hub) since 2025-11-25T12:10:00.000Z by staff|ann until 2025-11-25T12:20:00Z: release (tasks freeze0_ event 1)",
      "held then: change-freeze (team:data) since 2025-11-25T12:15:00.000Z by staff|ann until 2025-11-25T12:50:00Z (tasks freeze2_ event 1)",
      "held then: change-freeze (team:ops) since 2025-11-25T12:16:00.000Z by staff|ann until 2025-11-25T12:50:00Z (tasks freeze4_ event 1)",
    ]);
    expect(unless(during)).toBe("change-freeze (hub), change-freeze (team:ops)");
    expect(answerOf(during)).toMatch(/^could not: on-call .*: a policy forbids it$/);
    expect(unless(await text("12:30:00"))).toBe("change-freeze (team:ops)");
    const after = await text("12:45:00");
    expect(answerOf(after)).toMatch(/^could: on-call /);
    expect(after.some((line) => line.startsWith("  unless freeze-stops-sending"))).toBe(true);
    expect(held(await text("12:45:00"))).toEqual([]);
  });

  test("prints the lines that docs/auditing.md shows", async () => {
    const page = readFileSync("docs/auditing.md", "utf8");
    const [, command = ""] = /^```bash\n(valetkey audit who-could [^`]*)```$/m.exec(page) ?? [];
    const [, lines = ""] = /^```text\n(Who could [^`]*)```$/m.exec(page) ?? [];
    const argv = command.replaceAll("\\\n", "").trim().split(/ +/).slice(3);
    const here: Readonly<Record<string, string>> = { "./archive": archive, ".": repository };
    const { out } = await run(...argv.map((word) => here[word] ?? word));
    const printed = out.replace(/\b[0-9a-f]{64}\b/g, "<hash>").replace(/\b[0-9a-f]{40}\b/g, "<commit>");
    expect(printed.split("\n")).toEqual(expect.arrayContaining(lines.trimEnd().split("\n")));
    expect(lines.split("\n")).toHaveLength(10);
  });

  test("answers nothing about a moment before the log", async () => {
    const { code, out, err } = await run(archive, FILE, "--at", "2025-11-25T08:59:59Z", "--repository", repository);
    expect({ code, out }).toEqual({ code: 64, out: "" });
    expect(err).toContain("the log begins at 2025-11-25T09:00:00.000Z, and knows nothing of a moment before");
  });

  test("answers differently after the log's later events", async () => {
    expect(could(await asked("13:00"))).toMatchObject({ halted: "could", moved: "could" });
    const panic = await asked("14:10");
    expect(Object.values(could(panic)).every((word) => word === "could_not")).toBe(true);
    expect(could(await asked("14:40"))).toMatchObject({ reader: "could" });
    const halted = await asked("15:10");
    expect(halted.agents.find(({ agent }) => agent === "reader")?.why).toEqual([
      "no target account would have issued it: halted, retired, or not within the account's ceiling",
    ]);
  });

  test("takes the commit whose files have the hash that the log names", async () => {
    const [second, first] = git("log", "--format=%H").trim().split("\n");
    const before = await asked("12:00");
    expect(before.policies).toMatchObject({ hash, commit: first });
    const after = await asked("14:40");
    expect(after.policies).toMatchObject({ hash: later, commit: second });
    expect(could(after)).toMatchObject({ "on-call": "could" });
    expect((await asked("13:25")).unknown).toContainEqual(
      expect.stringMatching(new RegExp(`^Other policies \\(${later}\\) were deployed between `)),
    );
  });

  test("lists what was granted around the moment, and who held a key then", async () => {
    const grants = async (time: string, ...more: readonly string[]) =>
      (await asked(time, ...more)).agents.flatMap((each) => each.grants);
    expect(await grants("12:00")).toEqual([
      {
        agent: "reader",
        task: "aaa.",
        from: "2025-11-25T11:30:00.000Z",
        until: "2025-11-25T13:00:00.000Z",
        isHeld: true,
        event: "tasks aaa. event 1",
      },
    ]);
    expect((await grants("13:00")).map(({ isHeld }) => isHeld)).toEqual([false]);
    expect(await grants("12:00", "--action", "s3:PutObject")).toEqual([]);
  });

  test("refuses a folder that was not deployed then, with the way to find the right one", async () => {
    const [policies, config] = [join(repository, "policies"), join(repository, "valetkey.json")];
    const place = ["--policies", policies, "--config", config];
    const wrong = await run(archive, FILE, "--at", "2025-11-25T12:00:00Z", ...place);
    expect([wrong.code, wrong.out]).toEqual([64, ""]);
    expect(wrong.err).toContain(`have the hash ${later}, and at 2025-11-25T11:30:00.000Z ${hash} was deployed`);
    expect(wrong.err).toContain(`git log --before=2025-11-25T11:30:00.000Z --oneline -- ${policies} ${config}`);
    const right = await run(FILE, archive, "--at", "2025-11-25T14:40:00Z", ...place);
    expect([right.code, right.out.split("\n")[0]]).toEqual([
      0,
      `Who could do anything to ${FILE} at 2025-11-25T14:40:00.000Z?`,
    ]);
    expect(right.out).toContain("\ncould: reader (team data, owner staff|bob)\n  by data-reads (own.cedar): ");
    expect(right.out).toContain("\nnot known:\n  Could is an upper bound: ");
  });

  test("answers for this moment without --at, and by the files that the environment names", async () => {
    const [policies, config] = [join(repository, "policies"), join(repository, "valetkey.json")];
    Object.assign(process.env, { VALETKEY_POLICIES: policies, VALETKEY_CONFIG: config });
    const before = Date.now();
    const now = await run(archive, FILE, "--json");
    expect(now.code).toBe(0);
    const { at, unknown } = JSON.parse(now.out);
    expect(Date.parse(at)).toBeGreaterThanOrEqual(before);
    expect(unknown).toContainEqual(expect.stringMatching(/^The log ends at .*, before the moment\.$/));
    const options = ["--policies", "mine", "--config", "mine.json"];
    expect((await run(archive, FILE, ...options)).err).toContain("mine and mine.json cannot be used");
    // A repository has names of its own.
    expect((await run(archive, FILE, "--repository", repository)).code).toBe(0);
  });

  test("refuses a repository without the deployed files", async () => {
    const other = join(root, "other");
    deploymentIn(other, POLICIES.replace("acme-data", "acme-other"));
    execFileSync("git", ["-C", other, "init", "-q"]);
    const none = await run(archive, FILE, "--at", "2025-11-25T12:00:00Z", "--repository", other);
    expect([none.code, none.out]).toEqual([64, ""]);
    const nowhere = await run(archive, FILE, "--at", "2025-11-25T12:00:00Z", "--repository", join(root, "nowhere"));
    expect([nowhere.code, nowhere.err.includes("git log in nowhere: ")]).toEqual([64, true]);
  });

  test("refuses a tampered log", async () => {
    const tampered = join(root, "tampered");
    cpSync(archive, tampered, { recursive: true });
    const entries = join(tampered, "tile/entries/000.p/23");
    writeFileSync(entries, readFileSync(entries, "latin1").replace("trainee", "trainef"), "latin1");
    const answer = await run(tampered, FILE, "--at", "2025-11-25T12:00:00Z", "--repository", repository);
    expect(answer).toMatchObject({
      code: 1,
      out: "",
      err: expect.stringMatching(/^This archive is tampered, and ans/),
    });
  });

  test.each([
    [["--at", "last tuesday"], "--at takes one moment: 90m, 24h or 7d ago, or an instant such as 2026-11-24T12:00:00Z"],
    [["--at", "2025-11-25"], "an instant such as 2025-11-25T12:00:00Z. Grants of a whole day: audit show --resource"],
    [["--at", "2099-01-01T00:00:00Z"], "--at takes a moment that has passed"],
    [["--at", "2d", "--action", "s3:GetObjet"], "s3:GetObject"],
    [["--at", "2d", "--action", "ec2:RunInstances"], `ec2:RunInstances takes no resource such as ${FILE}`],
    [["--at", "2d", "more"], "who-could takes an ARN, and a folder or bucket"],
    [["--at", "2d", "--denied"], "who-could takes no --denied"],
  ])("%j is a wrong command line", async (argv, sentence) => {
    const { code, out, err } = await run(archive, FILE, ...argv);
    expect([code, out]).toEqual([64, ""]);
    expect(err).toContain(sentence);
  });

  test("an address of S3 is refused with the ARN to write", async () => {
    expect((await run("./archive", "s3://acme-data/a.csv", "--at", "2d")).err).toContain(
      "write arn:aws:s3:::acme-data/a.csv",
    );
  });
});
