import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runPolicy } from "../unit/policy-tools/run-policy.ts";
import { type ApprovingCloud, runApprovingCloud } from "./approving-cloud.ts";
import { startProcess } from "./package/start-process.ts";
import { block, installProject, type RecipeProject } from "./recipe-project.ts";
import { ACCOUNT, BUCKET } from "./running-cloud.ts";

let cloud: ApprovingCloud;
let installed: RecipeProject;
beforeAll(async () => {
  cloud = await runApprovingCloud({
    assistant: block("chat-assistant.md", "cedar"),
    workflow: block("workflow-owner.md", "cedar"),
  });
  installed = await installProject();
  writeFileSync(join(installed.folder, "turn.mjs"), block("chat-assistant.md", "js"));
  writeFileSync(join(installed.folder, "close.mjs"), block("workflow-owner.md", "js"));
  await cloud.register("assistant");
  await cloud.register("closing");
  cloud.cloud.aws.admin(ACCOUNT).putObject(BUCKET, "cases/4711.txt", "a case");
});
afterAll(async () => {
  await cloud.close();
  installed.remove();
});

/** Runs a recipe's command as an agent for a person. */
async function run(line: string, agent: string, sub: string, groups: readonly string[] = []) {
  const { agents, people } = cloud.cloud;
  const may_act = { iss: agents.issuer, sub: `agent:${agent}` };
  return startProcess("sh", ["-c", `cd ${installed.folder} && ${line}`], {
    ...installed.environmentFor(cloud),
    VALETKEY_TOKEN: await agents.mint({ sub: may_act.sub }),
    VALETKEY_PERSON_TOKEN: await people.mint({ sub, groups, aud: cloud.url, may_act }),
  });
}

it("the policies of the recipes have no finding", async () => {
  const config = join(cloud.configFile);
  const { out } = await runPolicy("check", cloud.policiesDir, "--config", config, "--json");
  const [{ findings }] = JSON.parse(out).folders;
  const own = findings.filter(({ file }: { file: string }) => /(assistant|workflow)\.cedar$/.test(file));
  expect(own).toEqual([]);
});

describe("the recipe for a chat assistant", () => {
  it("reads for a user of support, and for nobody else", async () => {
    const read = block("chat-assistant.md", "sh");
    expect(await run(read, "assistant", "person:erin", ["support"])).toMatchObject({ code: 0, stdout: "a case\n" });
    expect(await run(read, "assistant", "person:dave")).toMatchObject({ code: 77, stdout: "" });
    const alone = read.replace("--on-behalf-of env", "");
    expect(await run(alone, "assistant", "person:erin", ["support"])).toMatchObject({ code: 77, stdout: "" });
  });

  it("works on past its hour once the file has its user's new token, and decides rights by that token", async () => {
    const { agents, people } = cloud.cloud;
    const may_act = { iss: agents.issuer, sub: "agent:assistant" };
    const file = join(installed.folder, "person.jwt");
    const fresh = async (iat: number): Promise<void> =>
      writeFileSync(
        file,
        await people.mint({ sub: "person:erin", groups: ["support"], aud: cloud.url, may_act, iat, exp: iat + 900 }),
      );
    const nowSeconds = Math.floor(Date.now() / 1_000);
    await fresh(nowSeconds - 600);
    const line = block("chat-assistant.md", "sh")
      .replace("--on-behalf-of env", `--json --on-behalf-of ${file} --ttl 2h`)
      .replace(/-- .*$/s, "-- sh -c 'echo began; sleep 4'");
    const working = run(line, "assistant", "person:erin", ["support"]);
    await pause(1_500);
    await fresh(nowSeconds);
    const { code, stderr } = await working;
    const until = stderr
      .split("\n")
      .flatMap((each) => /"task_(?:started|prolonged)".*?"expires_at":"([^"]+)"/.exec(each)?.[1] ?? []);
    expect([code, until]).toEqual([
      0,
      [nowSeconds - 600, nowSeconds].map((iat) => new Date((iat + 3_600) * 1_000).toISOString()),
    ]);
  });

  it("files what its user has approved, on the page that the command names", async () => {
    const filing = run(block("chat-assistant.md", "sh", 1), "assistant", "person:erin", ["support"]);
    let [listed = ""]: readonly string[] = [];
    while (listed === "") {
      await pause(100);
      [listed = ""] = await cloud.voting.waitingFor("person:erin");
    }
    expect(await cloud.voting.approve("person:bob", listed)).toBe("400 vote_invalid");
    expect(await cloud.voting.approve("person:erin", listed)).toBe("200 approved");
    const { code, stdout, stderr } = await filing;
    expect([code, stdout]).toEqual([0, "filed\n"]);
    const pending = stderr.split("\n").find((line) => line.includes('"approval_pending"')) ?? "{}";
    expect(JSON.parse(pending)).toMatchObject({ url: expect.stringMatching(new RegExp(`/approvals/${listed}$`)) });
  });
});

describe("the recipe for a workflow with an owner", () => {
  it("writes for the agent's owner, and for nobody else", async () => {
    const close = block("workflow-owner.md", "sh").replace("--on-behalf-of login", "--on-behalf-of env");
    expect(await run(close, "closing", "person:alice")).toMatchObject({ code: 0, stdout: "closed\n" });
    expect(await run(close, "closing", "person:bob", ["sre"])).toMatchObject({ code: 77, stdout: "" });
  });
});
