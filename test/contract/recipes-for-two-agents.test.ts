import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { freePort } from "../../local/emulator/free-ports.ts";
import { hasBoto3 } from "../needs.ts";
import { startProcess } from "./package/start-process.ts";
import { block, installProject, type RecipeProject, recipe } from "./recipe-project.ts";
import { type RunningCloud, registrarOf, runCloud } from "./running-cloud.ts";

const PAGE = "two-agents.md";

let running: RunningCloud;
let installed: RecipeProject;
/** Folder with the package installed in it. */
let folder: string;
beforeAll(async () => {
  running = await runCloud();
  for (const id of ["planner", "helper"]) await registrarOf(running.url, running.cloud, {})(id, "owner@acme.test");
  installed = await installProject();
  folder = installed.folder;
  writeFileSync(join(folder, "planner.mjs"), block(PAGE, "js"));
  writeFileSync(join(folder, "helper.mjs"), block(PAGE, "js", 1));
  writeFileSync(join(folder, "planner.sh"), block(PAGE, "bash"));
});
afterAll(async () => {
  await running.close();
  installed.remove();
});

const environmentOf = async (agent: string, more: Readonly<Record<string, string>> = {}) => ({
  ...installed.environmentFor(running),
  VALETKEY_TOKEN: await running.cloud.agents.mint({ sub: `agent:${agent}` }),
  ...more,
});
/** Lists the live tasks of an agent. */
async function alive(agent: string): Promise<unknown> {
  const operator = await running.cloud.people.mint({ sub: "person:alice" });
  const answer = await fetch(`${running.url}/v1/tasks?agent=${agent}`, {
    headers: { authorization: `Bearer ${operator}` },
  });
  return ((await answer.json()) as { readonly tasks: readonly unknown[] }).tasks;
}

describe("the recipe for two agents", () => {
  let url: string;
  let stop: () => Promise<unknown>;
  beforeEach(async () => {
    const port = await freePort();
    const env = await environmentOf("helper", { PORT: String(port) });
    const helper = spawn(process.execPath, [join(folder, "helper.mjs")], { env, stdio: ["ignore", "pipe", "inherit"] });
    await once(helper.stdout, "data");
    url = `http://127.0.0.1:${port}`;
    stop = async () => {
      helper.kill("SIGTERM");
      await once(helper, "close");
    };
  });
  afterEach(() => stop());

  it("hands one report over, which the helper reads with its own keys; both tasks end", async () => {
    const env = await environmentOf("planner", { HELPER_URL: url });
    const ran = await startProcess(process.execPath, [join(folder, "planner.mjs")], env);
    expect(ran).toEqual({ code: 0, stdout: "week,orders\n\n", stderr: "" });
    expect([await alive("planner"), await alive("helper")]).toEqual([[], []]);
  });

  it.each([
    ["a report that was not handed over", { report: "other.csv" }, "refused: policy_denied"],
    ["a message without a delegation", { delegation: undefined }, "refused: usage"],
    [
      "a delegation that the helper made up",
      { delegation: `vkd_aaaaaaaaaaaa._${"a".repeat(43)}` },
      "refused: delegation_token_invalid",
    ],
  ])("reads nothing for %s", async (_, changed, answered) => {
    const { token } = await running.start();
    const form = {
      grant_type: "urn:ietf:params:oauth:grant-type:token-exchange",
      requested_token_type: "urn:valetkey:token-type:delegation",
      subject_token_type: "urn:valetkey:token-type:task",
      subject_token: token,
      audience: "helper",
      authorization_details: JSON.stringify([
        {
          type: "aws",
          account: "111122223333",
          actions: ["s3:GetObject"],
          resources: ["arn:aws:s3:::acme-data/reports/weekly.csv"],
        },
      ]),
    };
    const { access_token: delegation } = (await (
      await fetch(`${running.url}/v1/token`, { method: "POST", body: new URLSearchParams(form) })
    ).json()) as { readonly access_token: string };
    const body = JSON.stringify({ report: "weekly.csv", delegation, ...changed });
    const answer = await fetch(url, { method: "POST", body });
    expect([answer.status, await answer.text()]).toEqual([403, answered]);
  });
});

describe("the recipe for two agents that are commands", () => {
  it("hands a file over, and shows no token", async () => {
    const env = await environmentOf("planner");
    const planning = startProcess("sh", ["-c", block(PAGE, "sh")], env, undefined, undefined, folder);
    await expect.poll(() => existsSync(join(folder, "handed-on")), { timeout: 60_000 }).toBe(true);
    const delegation = readFileSync(join(folder, "handed-on"), "utf8").trim();
    expect(await alive("planner")).toHaveLength(1);
    const [, line = ""] = /^\$ (valetkey exec --delegation-file .*)$/m.exec(recipe(PAGE)) ?? [];
    const reading = `node --input-type=module -e 'import { GetObjectCommand, S3Client } from "@aws-sdk/client-s3";
      const { Body } = await new S3Client({ forcePathStyle: true }).send(new GetObjectCommand({ Bucket: "acme-data", Key: "reports/weekly.csv" }));
      process.stdout.write(await Body.transformToString());'`;
    writeFileSync(join(folder, "helper.sh"), reading);
    const helped = await startProcess("sh", ["-c", line], await environmentOf("helper"), undefined, undefined, folder);
    expect(helped).toMatchObject({ code: 0, stdout: "week,orders\n" });
    writeFileSync(join(folder, "answer.part"), helped.stdout);
    renameSync(join(folder, "answer.part"), join(folder, "answer"));
    const planned = await planning;
    expect(planned).toMatchObject({ code: 0, stdout: "week,orders\n" });
    expect(delegation).toMatch(/^vkd_/);
    for (const text of [planned.stderr, helped.stderr]) expect(text).not.toContain("vk");
    expect(readdirSync(folder).filter((name) => name.startsWith("handed-on"))).toEqual(["handed-on"]);
    expect([await alive("planner"), await alive("helper")]).toEqual([[], []]);
  });
});

describe("the recipe for a LangGraph that hands over", () => {
  it.runIf(hasBoto3())(
    "reads with the helper's own keys; the planner's task lives until then, and both end",
    async () => {
      writeFileSync(join(folder, "agents.py"), block("langgraph.md", "python", 1));
      writeFileSync(join(folder, "helper.jwt"), await running.cloud.agents.mint({ sub: "agent:helper" }));
      const program = `
import pickle
from agents import help_with, plan

def ask(report, delegation):
    try:
        pickle.dumps(delegation)
    except TypeError:
        return help_with(report, delegation)

print(plan("weekly.csv", ask), end="")`;
      const env = await environmentOf("planner", {
        HELPER_TOKEN_FILE: join(folder, "helper.jwt"),
        PYTHONPATH: fileURLToPath(new URL("../../python/src", import.meta.url)),
        PYTHONDONTWRITEBYTECODE: "1",
      });
      const ran = await startProcess("python3", ["-c", program], env, undefined, undefined, folder);
      expect(ran).toEqual({ code: 0, stdout: "week,orders\n", stderr: "" });
      expect([await alive("planner"), await alive("helper")]).toEqual([[], []]);
    },
  );
});
