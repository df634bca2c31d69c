import { describe, expect, it } from "vitest";
import { callClient } from "../call-client.ts";
import { CANARY, inSeconds, TASK_ID } from "../fake-valetkey.ts";
import { asked, file, folder, setOperatorStage, valetkey } from "./operator-stage.ts";

setOperatorStage();

const person = (aud = valetkey.url): string =>
  `eyJhbGciOiJFUzI1NiJ9.${Buffer.from(JSON.stringify({ aud })).toString("base64url")}.c2ln`;
const run = (args: readonly string[], env: Readonly<Record<string, string>> = {}) =>
  callClient(["tasks", "prolong", ...args], { VALETKEY_URL: valetkey.url, XDG_CONFIG_HOME: folder, ...env });
const held = () => file("task", `${CANARY.taskToken}\n`);

describe("valetkey tasks prolong", () => {
  it("sends the person's new token with the task's, and prints until when the task goes on", async () => {
    const until = inSeconds(3_600);
    const task = { id: TASK_ID, status: "active", expires_at: until };
    valetkey.exchange = () => ({ status: 200, body: { access_token: CANARY.taskToken, task } });
    const { code, stdout, stderr } = await run([
      ...["--task-token-file", held(), "--on-behalf-of", file("person", person()), "--json"],
    ]);
    expect([code, JSON.parse(stdout), asked()]).toEqual([0, { expires_at: until }, ["POST /v1/token"]]);
    expect(Object.fromEntries(new URLSearchParams(valetkey.seen[0]?.body))).toEqual({
      grant_type: "urn:ietf:params:oauth:grant-type:token-exchange",
      subject_token: person(),
      subject_token_type: "urn:ietf:params:oauth:token-type:id_token",
      actor_token: CANARY.taskToken,
      actor_token_type: "urn:valetkey:token-type:task",
    });
    expect(stdout + stderr).not.toMatch(/CANARY|eyJ/);
  });

  it("takes the person's token from the environment, too", async () => {
    const task = { id: TASK_ID, status: "active", expires_at: inSeconds(3_600) };
    valetkey.exchange = () => ({ status: 200, body: { access_token: CANARY.taskToken, task } });
    const { code, stdout } = await run(["--task-token-file", held(), "--on-behalf-of", "env"], {
      VALETKEY_PERSON_TOKEN: person(),
    });
    expect([code, stdout]).toEqual([0, expect.stringMatching(/^The task goes on until 20\S+Z\.\n$/)]);
  });

  it.each([
    [400, { code: "token_expired", error_description: "It is too old." }, 77, "It is too old."],
    [503, { code: "store_unavailable" }, 69, "run it again with the same token"],
  ])("prints the reason where the answer is %d", async (status, body, code, sentence) => {
    valetkey.exchange = () => ({ status, body });
    const answer = await run(["--task-token-file", held(), "--on-behalf-of", file("person", person())]);
    expect([answer.code, answer.stdout]).toEqual([code, ""]);
    expect(answer.stderr).toContain(sentence);
  });

  it("sends nothing without both tokens, a token for somewhere else, or what is no task token", async () => {
    const others = file("others", person("https://else.test"));
    const cases: readonly (readonly [readonly string[], number])[] = [
      [["--on-behalf-of", "env"], 64],
      [["--task-token-file", held()], 64],
      [["--task-token-file", others, "--on-behalf-of", others], 64],
      [["--task-token-file", held(), "--on-behalf-of", others], 66],
      [["--task-token-file", held(), "--on-behalf-of", "login"], 66],
      [["--task-token", CANARY.taskToken, "--on-behalf-of", "env"], 64],
    ];
    for (const [args, code] of cases) expect((await run(args)).code).toBe(code);
    expect(valetkey.seen).toEqual([]);
  });
});
