import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { audit } from "../../../client/audit/main.ts";
import type { EventType, JournalName } from "../../../contract/journal-types.ts";
import { VERIFIER_KEY } from "../../../functions/core/archive/archive-keys.ts";
import type { ArchivedEvent } from "../../../functions/core/archive/entry.ts";
import { regionNamed } from "../../../functions/core/deployment/region.ts";
import { EMPTY_CHAIN, type Facts, linkEvent } from "../../../functions/core/journal/event.ts";
import { ocsfOf } from "../../../functions/core/siem/ocsf.ts";
import type { OcsfEvent } from "../../../functions/core/siem/ocsf-event.ts";
import { archivedWorld } from "../../fakes/archive/archived-world.ts";
import { ocsfFaults } from "../../judges/ocsf/ocsf-faults.ts";

const AT = Date.UTC(2027, 0, 1, 9, 30);
const event = (journal: JournalName, of: string, type: EventType, facts: Facts, at = AT): ArchivedEvent => ({
  journal,
  ...linkEvent(EMPTY_CHAIN, of, type, at, facts),
});

describe("valetkey audit", () => {
  const folder = mkdtempSync(join(tmpdir(), "valetkey-audit-"));
  let key: string;
  beforeAll(async () => {
    const world = archivedWorld();
    await world.receive([
      event("agents", "ci", "agent.registered", { by: "staff|ann", owner: "staff|bob", team: "web" }),
      event("tasks", "aaa.", "task.opened", {
        agent: "ci",
        purpose: "weekly\u202Ereport",
        details: [{ type: "aws", actions: ["s3:GetObject"], resources: ["arn:aws:s3:::acme/reports/*"] }],
        policies: ["ci-reads"],
        leases: [{ name: "aws-0" }],
        expires_at: AT / 1_000 + 900,
      }),
      event(
        "tasks",
        "aaa.bbb.",
        "task.opened",
        { agent: "helper", purpose: "part", details: [], policies: [] },
        AT + 1,
      ),
      event(
        "tasks",
        "ccc.",
        "task.refused",
        {
          agent: "ci",
          code: "policy_denied",
          denials: [{ action: "s3:DeleteObject", target: "arn:aws:s3:::acme/*", reason: "No policy permits it." }],
        },
        AT + 2,
      ),
      event(
        "approvals",
        "ddd.",
        "approval.denied",
        { task: "aaa.", by: "staff|eve", approval: { id: "appr1" }, reason: "not today" },
        AT + 3,
      ),
    ]);
    await world.settle();
    for (const [name, body] of world.store.objects) {
      mkdirSync(dirname(join(folder, name)), { recursive: true });
      writeFileSync(join(folder, name), body);
    }
    key = world.store.objects.get(VERIFIER_KEY)?.toString("utf8").trim() ?? "";
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const run = async (...argv: readonly string[]) => {
    const [out, err]: [string[], string[]] = [[], []];
    const code = await audit(argv, { out: (text) => void out.push(text), err: (text) => void err.push(text) });
    return { code, out: out.join(""), err: err.join("") };
  };

  test("verify prints intact, and requires a key of one's own where none is named", async () => {
    expect(await run("verify", folder, "--key", key)).toEqual({
      code: 0,
      out: [
        "intact: 5 events in 5 journals of valetkey/999900001111/us-east-1; 1 earlier checkpoints\n",
        "  from 2027-01-01T09:30:00.000Z to 2027-01-01T09:30:00.003Z; newest hourly checkpoint: 2027-01-01T00Z\n",
      ].join(""),
      err: expect.stringMatching(/^Not anchored: an administrator of the hub's account could have forked this log/),
    });
    expect((await run("verify", folder)).err).toContain(key);
    expect(JSON.parse((await run("verify", folder, "--json")).out)).toMatchObject({ verdict: "intact", events: 5 });
  });

  test("verify names why it did not verify what people signed, where the proofs are not there", async () => {
    const world = archivedWorld();
    const vote = { by: "staff|bob", record_sha256: "r", vote_sha256: "v", groups: [], batch: 1 };
    await world.receive([
      event("approvals", "aaa.", "approval.voted", {
        ...vote,
        agent: "ci",
        task: "aaa.",
        approval: "appr1",
        cast_at: 1,
        signed_in_at: 1,
      }),
    ]);
    await world.settle();
    const copy = mkdtempSync(join(tmpdir(), "valetkey-audit-"));
    for (const [name, body] of world.store.objects) {
      mkdirSync(dirname(join(copy, name)), { recursive: true });
      writeFileSync(join(copy, name), body);
    }
    const { out, err } = await run("verify", copy);
    rmSync(copy, { recursive: true });
    expect(out).toContain("votes of people: 1 not readable");
    expect(err).toMatch(/^Not readable: what these people signed was not verified again\..*archive\.auditors/);
    expect((await run("verify", folder)).err).not.toContain("Not readable");
  });

  test.each(["verify", "show"])("%s gives no verdict about a folder that is not there", async (name) => {
    const { code, out, err } = await run(name, join(folder, "nowhere"));
    expect([code, out, err]).toEqual([
      69,
      "",
      expect.stringMatching(/^valetkey audit: there is no folder \S+nowhere\n$/),
    ]);
  });

  test("show --at prints the openings of the tasks that had keys then, and refuses a day", async () => {
    vi.spyOn(Date, "now").mockReturnValue(AT + 3_600_000);
    const at = (time: number) => run("show", folder, "--at", new Date(time).toISOString());
    expect((await at(AT + 1_000)).out).toMatch(/^\S+ \S+ {2}aaa\. {2}ci opened a task until 09:45:00[^\n]*\n$/);
    expect((await at(AT + 900_000)).out).toBe("");
    const { code, out, err } = await run("show", folder, "--at", "2027-01-01");
    expect([code, out, err]).toEqual([64, "", expect.stringContaining("--at takes one moment")]);
    vi.restoreAllMocks();
  });

  test("verify holds the log to the witness's checkpoints, and names them", async () => {
    const anchor = join(folder, "checkpoints");
    const { code, out, err } = await run("verify", folder, "--key", key, "--anchor", anchor);
    expect([code, err]).toEqual([0, ""]);
    expect(out).toMatch(/\n {2}anchor 2027-\S+Z: its 5 events are in the log\n$/);
    expect((await run("verify", folder, "--key", key, "--anchor", join(folder, "nowhere"))).code).toBe(2);
  });

  test("verify of a copy that was cut back says until when it reaches, and of an anchor only that it does not fit", async () => {
    const world = archivedWorld();
    const cut = () => mkdtempSync(join(tmpdir(), "valetkey-audit-"));
    const [copy, anchor] = [cut(), cut()];
    await world.receive([event("agents", "ci", "agent.registered", { by: "staff|ann" })]);
    await world.settle();
    const before = world.store.objects.get("checkpoint") ?? Buffer.alloc(0);
    await world.receive([event("agents", "cd", "agent.registered", { by: "staff|ann" }, AT + 60_000)]);
    await world.settle();
    writeFileSync(join(anchor, "2027-01-01T08Z"), before);
    for (const [name, body] of world.store.objects) {
      mkdirSync(dirname(join(copy, name)), { recursive: true });
      writeFileSync(join(copy, name), body);
    }
    expect((await run("verify", copy)).out).toContain("\n  from 2027-01-01T09:30:00.000Z to 2027-01-01T09:31:00.000Z;");
    const now = world.store.objects.get("checkpoint") ?? Buffer.alloc(0);
    writeFileSync(join(copy, "checkpoint"), before);
    expect((await run("verify", copy)).out).toContain("\n  from 2027-01-01T09:30:00.000Z to 2027-01-01T09:30:00.000Z;");
    writeFileSync(join(anchor, "2027-01-01T09Z"), now);
    const { code, out } = await run("verify", copy, "--anchor", anchor);
    for (const each of [copy, anchor]) rmSync(each, { recursive: true });
    expect([code, out.split("\n").filter((each) => each.includes("anchor"))]).toEqual([
      1,
      [
        "  anchor 2027-01-01T08Z: its 1 events are in the log",
        "  tampered  anchor 2027-01-01T09Z: the log had 2 entries, and has 1",
      ],
    ]);
  });

  test("show prints a story in the order of time, children indented, and an agent's hidden characters as escapes", async () => {
    const { code, out } = await run("show", folder, "--task", "aaa", "--key", key);
    expect(code).toBe(0);
    expect(out.split("\n")).toEqual([
      '2027-01-01 09:30:00.000  aaa.  ci opened a task until 09:45:00, to "weekly\\u{202E}report": s3:GetObject on arn:aws:s3:::acme/reports/*; by ci-reads',
      '2027-01-01 09:30:00.001    aaa.bbb.  helper opened a task until ?, to "part": ; by none',
      '2027-01-01 09:30:00.003  aaa.  staff|eve denied (appr1): "not today"',
      "",
    ]);
  });

  test.each([
    [["--agent", "ci"], 3],
    [["--person", "eve"], 1],
    [["--denied"], 2],
    [["--denied", "--agent", "ci"], 1],
    [["--since", "2027-01-01T09:30:00.002Z"], 2],
    [["--since", "2099-01-01T00:00:00Z"], 0],
    [["--until", "2027-01-01T09:30:00.002Z"], 4],
    [["--since", "2027-01-01T09:30:00.002Z", "--until", "2027-01-01T09:30:00.002Z"], 1],
    [["--since", "2027-01-01", "--until", "2027-01-01"], 5],
    [["--until", "2026-12-31"], 0],
    [["--resource", "arn:aws:s3:::acme/reports/a.csv"], 3],
    [["--resource", "arn:aws:s3:::acme/*", "--agent", "ci"], 2],
    [["--resource", "arn:aws:s3:::acme"], 3],
    [["--resource", "arn:aws:s3:::acm"], 0],
    [["--resource", "arn:aws:s3:::elsewhere/*"], 0],
  ])("show %j prints %i events", async (selection, count) => {
    const { out } = await run("show", folder, "--json", ...selection);
    expect(out.split("\n").filter(Boolean)).toHaveLength(count);
  });

  const COVERS = "No event fits. The log covers 2027-01-01T09:30:00.000Z to 2027-01-01T09:30:00.003Z: 5 events.\n";
  test.each([
    [["--until", "2026-12-31"], "--until 2026-12-31: the log begins after it.\n"],
    [["--since", "2027-01-02"], "--since 2027-01-02: the log ends before.\n"],
    [
      ["--since", "2027-01-01T09:30:00.0015Z", "--until", "2027-01-01T09:30:00.0015Z", "--task", "zzz"],
      "--task zzz: no event is of this task or approval.\n",
    ],
    [["--agent", "nobody", "--task", "aaa"], "--agent nobody: no event names this agent.\n"],
    [
      ["--person", "EVE"],
      "--person EVE: no event names this person.\nNames are compared with case. The log has staff|eve.\n",
    ],
    [
      ["--approver", "Ev"],
      "--approver Ev: this person decided nothing.\nNames are compared with case. The log has staff|eve.\n",
    ],
    [["--approver", "eve", "--agent", "helper"], "Each selection fits some event, and no event fits all of them.\n"],
    [
      ["--resource", "arn:aws:s3:::acm"],
      "--resource arn:aws:s3:::acm: no event names this resource, or one inside of it.\n",
    ],
    [["--at", "2027-01-01T09:00:00Z"], "--at 2027-01-01T09:00:00Z: no task had keys then.\n"],
    [
      ["--task", "0f8fad5bd9cb469fa165708677289501"],
      "--task 0f8fad5bd9cb469fa165708677289501: no event is of this task or approval.\n",
    ],
    [["--agent", "helper", "--denied"], "Each selection fits some event, and no event fits all of them.\n"],
  ])("show %j names what the log covers, and the selection that fits nothing", async (selection, why) => {
    vi.spyOn(Date, "now").mockReturnValue(AT + 3_600_000);
    const { code, out, err } = await run("show", folder, "--key", key, ...selection);
    vi.restoreAllMocks();
    expect([code, out, err]).toEqual([0, "", `${COVERS}${why}`]);
  });

  test("show --task takes the id of an approval, as the lines print it", async () => {
    const world = archivedWorld();
    const id = "0f8fad5bd9cb469fa165708677289501";
    const asked = { agent: "ci", purpose: "p", details: [], approval: { id, hash: "h", needed: [] } };
    await world.receive([
      event("tasks", "aaa.", "approval.asked", asked),
      event(
        "approvals",
        "aaa.",
        "approval.denied",
        { agent: "ci", task: "aaa.", by: "staff|bob", approval: id, reason: "no" },
        AT + 1,
      ),
      event(
        "tasks",
        "bbb.",
        "approval.asked",
        { ...asked, approval: { id: `${id}0`, hash: "h", needed: [] } },
        AT + 60_000,
      ),
    ]);
    await world.settle();
    const copy = mkdtempSync(join(tmpdir(), "valetkey-audit-"));
    for (const [name, body] of world.store.objects) {
      mkdirSync(dirname(join(copy, name)), { recursive: true });
      writeFileSync(join(copy, name), body);
    }
    const { out } = await run("show", copy, "--task", id);
    const none = await run("show", copy, "--since", "2027-01-01T09:30:10Z", "--until", "2027-01-01T09:30:20Z");
    expect(none.err).toContain("\n--since 2027-01-01T09:30:10Z: nothing happened between it and --until.\n");
    rmSync(copy, { recursive: true });
    expect(out.split("\n").map((each) => each.replace(/^.{25}/, ""))).toEqual([
      expect.stringMatching(/^aaa\. {2}ci asked people/),
      expect.stringMatching(/^aaa\. {2}staff\|bob denied/),
      "",
    ]);
  });

  test("show --resource marks what the resource is in an event, in both forms", async () => {
    const { out } = await run("show", folder, "--resource", "arn:aws:s3:::acme/reports/a.csv");
    expect(out.split("\n").filter((each) => / <\w+>$/.test(each.trimEnd()))).toEqual([
      expect.stringMatching(/by ci-reads <granted>$/),
      expect.stringMatching(/No policy permits it\. <denied>$/),
    ]);
    const { out: json } = await run("show", folder, "--json", "--resource", "arn:aws:s3:::acme/reports/a.csv");
    const parts = json
      .split("\n")
      .filter(Boolean)
      .map((each) => (JSON.parse(each) as { readonly resource: unknown }).resource);
    expect(parts).toEqual([["granted"], ["denied"], []]);
  });

  test.each([[], ["--json"], ["--ocsf"], ["--task", "aaa"]])(
    "show %j prints nothing of a tampered copy",
    async (...argv) => {
      const copy = mkdtempSync(join(tmpdir(), "valetkey-audit-"));
      cpSync(folder, copy, { recursive: true });
      const entries = join(copy, "tile/entries/000.p/5");
      writeFileSync(entries, readFileSync(entries, "latin1").replace("not today", "not todaz"), "latin1");
      const { code, out, err } = await run("show", copy, "--key", key, ...argv);
      rmSync(copy, { recursive: true });
      expect([code, out]).toEqual([1, ""]);
      expect(err).toMatch(/^This archive is tampered, and answers nothing: see (?:npx )?valetkey audit verify \S+\n$/);
    },
  );

  test("show prints a log whose faults --known names, with its own exit code", async () => {
    const world = archivedWorld();
    const [own, forged] = ["one", "two"].map((by) => event("agents", "ci", "agent.suspended", { by }));
    await world.forge([own, forged].flatMap((each) => each ?? []));
    await world.settle();
    const copy = mkdtempSync(join(tmpdir(), "valetkey-audit-"));
    for (const [name, body] of world.store.objects) {
      mkdirSync(dirname(join(copy, name)), { recursive: true });
      writeFileSync(join(copy, name), body);
    }
    const known = join(copy, "known.json");
    writeFileSync(known, JSON.stringify({ known: [{ event: forged?.hash, reason: "incident 7" }] }));
    expect(await run("show", copy)).toMatchObject({ code: 1, out: "" });
    const { code, out } = await run("show", copy, "--known", known);
    rmSync(copy, { recursive: true });
    expect([code, out]).toEqual([3, expect.stringMatching(/ one suspended ci\n$/)]);
  });

  test("show --ocsf writes the events of a SIEM, with the same uids", async () => {
    const { out } = await run("show", folder, "--ocsf", "--denied");
    const events = out
      .split("\n")
      .filter(Boolean)
      .map((line) => JSON.parse(line) as OcsfEvent);
    expect(events.flatMap(ocsfFaults)).toEqual([]);
    const { out: json } = await run("show", folder, "--json", "--denied");
    const hub = { account: "999900001111", region: regionNamed("us-east-1") };
    const converted = json
      .split("\n")
      .filter(Boolean)
      .map((line) => ocsfOf(JSON.parse(line) as ArchivedEvent, hub));
    expect(events).toEqual(JSON.parse(JSON.stringify(converted)));
    expect(events).toHaveLength(2);
  });

  test("bundle and verify go together by files", async () => {
    const { code, out } = await run("bundle", folder, "aaa");
    expect(code).toBe(0);
    const file = join(folder, "bundle.json");
    writeFileSync(file, out);
    expect(await run("verify", file, "--key", key)).toMatchObject({ code: 0, out: "intact: 3 events of aaa.\n" });
    writeFileSync(file, out.replace('"index":1', '"index":2'));
    expect((await run("verify", file, "--key", key)).code).toBe(1);
    rmSync(file);
  });

  test("A folder without a checkpoint is incomplete, and the missing files are named", async () => {
    const { code, out } = await run("verify", tmpdir(), "--key", key);
    expect([code, out.split("\n")[1]]).toEqual([2, "  incomplete  checkpoint: the signed checkpoint is missing"]);
  });

  test("A folder that is no archive is named as the cause", async () => {
    const { code, out } = await run("verify", "docs");
    expect([code, out]).toEqual([2, expect.stringContaining("the key is missing: is this the folder or prefix of an")]);
  });

  test.each([
    [["what"], "there is no command what"],
    [["verify"], "verify takes one folder or bucket"],
    [["verify", ".", "--denied"], "verify takes no --denied"],
    [["bundle", "."], "bundle takes a folder or bucket, and a task"],
    [
      ["show", ".", "--since", "yesterday"],
      "--since takes 90m, 24h or 7d ago, a day such as 2026-11-27, or an instant",
    ],
    [["show", ".", "--since", "2026-12-04", "--until", "2026-12-01"], "--since 2026-12-04 is after --until 2026-12-01"],
    [["show", ".", "--until", "last tuesday"], "--until takes 90m, 24h or 7d ago, a day such as 2026-11-27, or an"],
    [["show", ".", "--resource", "s3://acme/a.csv"], "--resource takes an ARN: write arn:aws:s3:::acme/a.csv"],
    [["show", ".", "--resource", "acme"], "--resource takes an ARN, or a pattern with *"],
    [["verify", ".", "--until", "2d"], "verify takes no --until"],
    [["show", ".", "--agent", "Demo"], "--agent takes an agent's id"],
    [
      ["verify", ".", "--key", "/nosuch"],
      "--key takes a verifier key, or a file that holds one: there is no file /nosuch",
    ],
    [["verify", ".", "--known", "/nosuch"], "and a reason: there is no file /nosuch"],
    [["verify", ".", "--issuers", "/nosuch"], "JWK Set: there is no file /nosuch"],
    [["verify", ".", "--key", "package.json"], "or a file that holds one; "],
    [["verify", "package.json"], "package.json is no bundle"],
    [["show", ".", "--nonsense"], "Unknown option"],
  ])("%j is a wrong command line", async (argv, sentence) => {
    const { code, err } = await run(...argv);
    expect(code).toBe(64);
    expect(err).toContain(sentence);
  });

  test("--help has examples", async () => {
    expect((await run("--help")).out).toContain("valetkey audit show ./archive --denied -o json");
    expect(await run()).toMatchObject({ code: 0 });
  });
});
