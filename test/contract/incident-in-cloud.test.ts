import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { callClient } from "../unit/client/call-client.ts";
import { startClient } from "../unit/client/run-client.ts";
import { type RunningCloud, runCloud } from "./running-cloud.ts";

/** Number of live tasks at the beginning of the incident: an agent's default limit. */
const TASKS = 50;

/** Seconds that a command waits for the denials of keys. A busy machine takes longer than an operator would wait. */
const WAIT_SECONDS = 100;

let running: RunningCloud;
let folder: string;
beforeAll(async () => {
  running = await runCloud();
  folder = mkdtempSync(join(tmpdir(), "valetkey-incident-"));
});
afterAll(async () => {
  await running.close();
  rmSync(folder, { recursive: true, force: true });
});

const operate = async (args: readonly string[], person = "alice") =>
  callClient(args, {
    VALETKEY_URL: running.url,
    VALETKEY_OPERATOR_TOKEN: await running.cloud.people.mint({ sub: `person:${person}` }),
  });

/** Blocks of the runbook's section: commands with their printed output. */
const runbook = (): readonly { readonly command: string; readonly prints: string }[] => {
  const page = readFileSync(fileURLToPath(new URL("../../docs/runbook.md", import.meta.url)), "utf8");
  const section = page.slice(page.indexOf("## An incident"));
  const [, block = ""] = /^```console\n(.*?)^```$/ms.exec(section) ?? [];
  return block
    .split(/^\$ /m)
    .slice(1)
    .map((each) => ({
      command: each.slice(0, each.indexOf("\n")),
      prints: each.slice(each.indexOf("\n") + 1),
    }));
};

/** Text with all varying parts replaced: ids, keys, times, numbers, and so widths of columns. */
const masked = (text: string): readonly string[] =>
  text
    .replaceAll(/\b[a-z0-9]{12}[._]/g, "TASK")
    .replaceAll(/ASIA[A-Z0-9]+/g, "KEY")
    .replaceAll(/20\d\d-\d\d-\d\dT[\d:.]+Z/g, "TIME")
    .replaceAll(/\d+ ms/g, "N ms")
    // The probe's observation is only in the receipts of a sample, and only once the probe has seen the denial.
    .replaceAll(/ (after|within|not in) N ms/g, "")
    .replaceAll(/valetkey-task-\d+/g, "ROLE")
    .replaceAll(/ {2,}/g, " ")
    .split("\n")
    .map((line) => line.trimEnd());

describe("the runbook's incident", () => {
  it("runs as the page shows it, from a stolen key to the page", async () => {
    const task = await running.start({ purpose: "weekly report" });
    const [find, incident] = runbook();
    if (!find || !incident) throw new Error("the runbook has no incident");
    expect(find.command).toMatch(/^valetkey find ASIA/);
    const found = await operate(["find", task.accessKeyId]);
    expect(masked(found.stdout)).toEqual(masked(find.prints));
    expect(incident.command).toBe(
      'valetkey incident demo --reason "its key stood in a public log" --out incident.json',
    );
    const out = join(folder, "runbook.json");
    const page = await operate([
      "incident",
      "demo",
      "--reason",
      "its key stood in a public log",
      "--out",
      out,
      "--quiet",
    ]);
    expect(masked(page.stdout)).toEqual(masked(incident.prints));
    expect(page.code).toBe(0);
    await operate(["agents", "resume", "demo"]);
  });
});

describe(`valetkey incident, in a running cloud with ${TASKS} live tasks`, () => {
  it("leaves nothing that can act, reports that in its first line, and continues with its file when it is repeated", async () => {
    const ids: string[] = [];
    for (let n = 0; n < TASKS; n += 1) ids.push((await running.start()).id);
    const out = join(folder, "incident.json");
    const drill = ["--reason", "drill", "--wait", String(WAIT_SECONDS)];
    const { code, stdout, stderr } = await operate(["incident", "demo", ...drill, "--out", out]);
    expect([code, stderr]).toEqual([0, expect.stringContaining(`${TASKS} alive; suspending demo`)]);
    expect(stdout).toMatch(
      /^NOTHING OF demo CAN ACT: it is suspended, no task of it is alive, and each of \d+ keys is denied or over/,
    );
    const report = JSON.parse(readFileSync(out, "utf8"));
    expect(report).toMatchObject({ format: "valetkey.incident/1", verdict: "nothing_can_act", reason: "drill" });
    // The wait ended with the last denial, and not by its limit.
    expect(report.milliseconds).toBeLessThan(WAIT_SECONDS * 1_000);
    expect([...report.live_at_the_beginning].sort()).toEqual(ids.toSorted());
    const receipts = report.tasks
      .filter((each: { id: string }) => ids.includes(each.id))
      .map((each: { receipt: object }) => each.receipt);
    expect(receipts).toHaveLength(TASKS);
    for (const each of receipts) expect(each).toMatchObject({ complete: true, by: "staff|person:alice" });
    expect(statSync(out).mode & 0o777).toBe(0o600);
    expect(readFileSync(join(folder, "incident.txt"), "utf8")).toBe(stdout);

    const again = await operate(["incident", "demo", "--out", out, "--json"]);
    expect(again.code).toBe(0);
    expect(JSON.parse(again.stdout)).toMatchObject({
      verdict: "nothing_can_act",
      began_at: report.began_at,
      live_at_the_beginning: report.live_at_the_beginning,
    });
    const listed = await operate(["receipt", "--agent", "demo", "--json"]);
    expect(JSON.parse(listed.stdout).receipts.length).toBeGreaterThanOrEqual(TASKS);
  }, 240_000);

  it("ends the command of a running exec, which reports who ended its task, within a minute", async () => {
    const client = startClient(
      [
        ...["exec", "--purpose", "reports", "--account", "111122223333"],
        ...["--allow", "s3:GetObject=arn:aws:s3:::acme-data/reports/*", "--", process.execPath],
        ...["-e", "console.log('up'); setTimeout(() => {}, 90_000)"],
      ],
      {
        PATH: process.env.PATH ?? "",
        VALETKEY_URL: running.url,
        VALETKEY_TOKEN: await running.cloud.agents.mint({ sub: "agent:tickets" }),
      },
    );
    await client.printed("up");
    expect((await operate(["agents", "suspend", "tickets", "--wait", String(WAIT_SECONDS)])).code).toBe(0);
    const { code, stderr } = await client.ended;
    expect([code, stderr]).toEqual([
      76,
      expect.stringMatching(/was revoked by staff\|person:alice at 20\S+Z: .* SIGTERM/),
    ]);
  });

  it("reports that a panic is declared", async () => {
    await operate(["panic", "--reason", "drill", "--yes"]);
    const { code, stdout } = await operate(["incident", "demo"]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^NOTHING OF demo CAN ACT/);
    expect(stdout).toContain("A panic is declared");
  });

  it("does nothing for a caller who may not operate, and reports the state as unknown", async () => {
    const { code, stdout } = await operate(["incident", "tickets", "--wait", "1"], "mallory");
    expect(code).not.toBe(0);
    expect(stdout).not.toContain("NOTHING OF");
  });
});
