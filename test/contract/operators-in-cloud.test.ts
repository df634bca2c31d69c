import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { SECRET_TAGS } from "../../functions/names.ts";
import { callClient } from "../unit/client/call-client.ts";
import { runClient } from "../unit/client/run-client.ts";
import { BUCKET, type RunningCloud, runCloud } from "./running-cloud.ts";

let running: RunningCloud;
beforeAll(async () => {
  running = await runCloud();
});
afterAll(() => running.close());

const operate = async (...args: readonly string[]) =>
  callClient(args, {
    VALETKEY_URL: running.url,
    VALETKEY_OPERATOR_TOKEN: await running.cloud.people.mint({ sub: "person:alice" }),
  });
const exec = async () =>
  runClient(
    [
      ...["exec", "--purpose", "reports", "--account", "111122223333"],
      ...["--allow", `s3:GetObject=arn:aws:s3:::${BUCKET}/reports/*`, "--", "echo", "ran"],
    ],
    {
      PATH: process.env.PATH ?? "",
      VALETKEY_URL: running.url,
      VALETKEY_TOKEN: await running.cloud.agents.mint({ sub: "agent:demo" }),
    },
  );

describe("operators' commands, in a running cloud", () => {
  it("list a task, end it, and no longer list it", async () => {
    const task = await running.start();
    expect((await operate("tasks", "--agent", "demo")).stdout).toContain(task.id);
    expect((await operate("revoke", task.id)).stdout).toContain(`Task ${task.id} of demo is revoked`);
    expect((await operate("tasks", "--agent", "demo")).stdout).toBe("No task is alive.\n");
  });

  it("list a secret that waits for its rotation, and never its value", async () => {
    const tags = { [SECRET_TAGS.managed]: "true", [SECRET_TAGS.rotates]: "generated", [SECRET_TAGS.exclusive]: "true" };
    running.cloud.aws.admin("999900001111").createSecret({ name: "reports/key", value: "CANARY-value", tags });
    const { stdout: printed } = await operate("secrets", "rotate", "reports/key", "--yes");
    expect(printed).toMatch(/^Asked: reports\/key: rotation asked for, not before 20\S+Z\.\n$/);
    const { stdout: listed } = await operate("secrets");
    expect(listed).toMatch(/^NAME +KIND .*\nreports\/key +generated .* +rotation asked for, not before 20\S+Z$/m);
    const { stdout: one } = await operate("secrets", "reports/key");
    expect(one).toMatch(/^rotated +generated$/m);
    expect(printed + listed + one).not.toContain("CANARY");
    expect((await operate("secrets", "databases/none")).code).toBe(65);
  });

  it("offboard an agent, and print the signed report", async () => {
    const { code, stdout } = await operate("offboard", "tickets", "--yes", "--reason", "project ended");
    expect([code, stdout]).toEqual([0, expect.stringMatching(/^complete {2}sha256 [0-9a-f]{64}$/m)]);
    expect((await operate("agents", "show", "tickets")).stdout).toMatch(/^status +offboarded/m);
  });

  it("declare a panic, report it, and lift it", async () => {
    expect((await operate("panic")).stdout).toBe("No panic is declared.\n");
    const declared = await operate("panic", "--reason", "stolen laptop", "--yes");
    expect(declared.stdout).toMatch(
      /^Panic is declared: .*: stolen laptop \(staff\|person:alice, .*\); until somebody lifts it\.$/m,
    );
    const stopped = await exec();
    expect(stopped.stdout).toBe("");
    expect(stopped.code).not.toBe(0);
    expect((await operate("panic", "--lift", "--yes")).stdout).toMatch(
      /lifted by staff\|person:alice; agents are served again at 20/,
    );
  });
});
