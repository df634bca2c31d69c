import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { callClient } from "../../call-client.ts";
import { answers, folder, ok, refused, setOperatorStage, TOKEN, valetkey } from "../operator-stage.ts";
import { answerLedgers, aRow } from "./ledger-answers.ts";
import { type ServedEntry, serveVersions, type WrongAnswer } from "./serve-versions.ts";
import { at, TASK } from "./task-changes-fixture.ts";

const buckets: Record<string, readonly ServedEntry[]> = {};
let wrong: WrongAnswer | undefined;
let s3: Awaited<ReturnType<typeof serveVersions>>;

const SECRET = "CANARYoperatorssecretkey";
const undo = (args: readonly string[] = [], env: Readonly<Record<string, string>> = {}) =>
  callClient(["tasks", "undo", TASK, ...args], {
    ...{ VALETKEY_URL: valetkey.url, VALETKEY_OPERATOR_TOKEN: TOKEN, XDG_CONFIG_HOME: folder },
    ...{ AWS_ENDPOINT_URL_S3: s3.url, AWS_ACCESS_KEY_ID: "AKIDEXAMPLE", AWS_SECRET_ACCESS_KEY: SECRET },
    ...env,
  });
const json = async () => JSON.parse((await undo(["--json"])).stdout);

describe("valetkey tasks undo", () => {
  setOperatorStage();
  beforeEach(async () => {
    wrong = undefined;
    buckets["acme-data"] = [
      { key: "a", id: "v2", at: at(12) },
      { key: "a", id: "v1", at: at(10) },
      { key: "a", id: "v0", at: at(-900) },
    ];
    s3 = await serveVersions(buckets, () => wrong);
    answerLedgers([aRow({ used: 2, versions: ["v1", "v2"] }), aRow({ action: "sqs:SendMessage", resource: "q" })]);
  });
  afterEach(() => s3.close());

  it("prints a text for sh, with the version before the task's first write", async () => {
    const { code, stdout, stderr } = await undo();
    expect([code, stderr]).toEqual([0, ""]);
    expect(stdout).toContain(
      `\n#    'copy back the version of ${at(-900)}'\naws s3api copy-object --bucket='acme-data' --key='a' --copy-source='acme-data/a?versionId=v0' --if-match='"e-v2"'\n`,
    );
    expect(stdout).toContain("\n# 'sqs:SendMessage' on 'q'\n");
  });

  it("prints the plan as JSON, with the ids of versions and the same text", async () => {
    const plan = await json();
    expect(plan).toMatchObject({
      ...{ task: TASK, settled: true, made_at: expect.stringMatching(/Z$/) },
      objects: [
        {
          ...{ bucket: "acme-data", key: "a", tasks: [TASK], calls: 2, way_back: "copy" },
          current: { version_id: "v2", at: at(12), delete_marker: false },
          before: { version_id: "v0", at: at(-900), delete_marker: false },
          commands: [
            ["aws", "s3api", "copy-object", "--bucket=acme-data", "--key=a", expect.anything(), '--if-match="e-v2"'],
          ],
        },
      ],
      others: [{ action: "sqs:SendMessage", aws_keeps: expect.stringMatching(/^nothing/) }],
    });
    const withoutTime = (text: string) => text.replace(/as of '\S+'/, "");
    expect(withoutTime(plan.shell)).toBe(withoutTime((await undo()).stdout));
  });

  it("lists versions, and asks nothing else of AWS or of the hub", async () => {
    await undo();
    expect(s3.asked.map(({ method, query }) => [method, query.has("versions")])).toEqual(
      Array.from({ length: 3 }, () => ["GET", true]),
    );
    expect(valetkey.seen.map(({ method }) => method)).toEqual(["GET", "GET", "GET"]);
  });

  it("has no command where somebody changed the object since, and says when and as which version", async () => {
    buckets["acme-data"] = [{ key: "a", id: "x1", at: at(50) }, ...(buckets["acme-data"] ?? [])];
    const { stdout } = await undo();
    expect(stdout).toContain(`somebody changed the object since, at ${at(50)} as version x1`);
    expect(stdout).not.toMatch(/^aws /m);
    expect(stdout).toMatch(/\n# There is nothing to run\n$/);
  });

  it("has nothing to run for a task with an empty ledger, and does not ask AWS", async () => {
    answerLedgers([]);
    const { code, stdout } = await undo();
    expect([code, stdout, s3.asked]).toEqual([0, expect.stringMatching(/\n# There is nothing to run\n$/), []]);
    expect(await json()).toMatchObject({ objects: [], others: [] });
  });

  it.each([
    [
      { status: 403, body: "<Error><Code>AccessDenied</Code><Message>\u001b[2J; rm -rf ~</Message></Error>" },
      "AccessDenied",
    ],
    [{ status: 200, body: "<html>Sign in</html>" }, "Error"],
  ])("says which right an object takes that S3 does not list: %j", async (answer, name) => {
    wrong = answer;
    const { code, stdout } = await undo();
    expect(code).toBe(0);
    expect(stdout).toContain(`its versions cannot be read, ${name}: this takes s3:ListBucketVersions on the bucket`);
    expect(stdout).not.toMatch(/^aws |rm -rf/m);
  });

  it("prints no credential of the operator", async () => {
    for (const args of [[], ["--json"], ["-o", "yaml"]]) {
      const { stdout, stderr } = await undo(args);
      expect(`${stdout}${stderr}`).not.toContain(SECRET);
      expect(`${stdout}${stderr}`).not.toContain(TOKEN);
    }
  });

  it("demands AWS credentials that somebody chose before it asks the hub, and says how to choose", async () => {
    const { code, stderr } = await undo([], { AWS_ACCESS_KEY_ID: "" });
    expect([code, stderr, valetkey.seen]).toEqual([
      66,
      expect.stringMatching(/s3:ListBucketVersions: set AWS_PROFILE/),
      [],
    ]);
  });

  it("says what to do: which task, that there is none, that the ledger may not be read", async () => {
    const env = { AWS_ACCESS_KEY_ID: "x" };
    expect(await callClient(["tasks", "undo", "--url", valetkey.url], env)).toMatchObject({
      ...{ code: 64, stderr: expect.stringContaining("which task") },
    });
    answers[`GET /v1/tasks/${TASK}/ledger`] = refused(403, "not_permitted");
    expect(await undo()).toMatchObject({ code: 77, stdout: "", stderr: expect.stringContaining("not_permitted") });
    answers[`GET /v1/tasks?task=${TASK}`] = ok({ tasks: [] });
    expect(await undo()).toMatchObject({ code: 65, stderr: expect.stringContaining("there is no such task") });
    expect(s3.asked).toEqual([]);
  });

  it("obeys no text of a hostile hub: each line is a comment, or the one command", async () => {
    const text = "a\nFORGED\r\u001b[31m\u202e$(touch x)\n::set-output name=x::y";
    answerLedgers(
      [
        aRow({ used: 2, versions: ["v1", "v2"] }),
        aRow({ action: text, resource: text, first: text, last: text }),
        aRow({ resource: `arn:aws:s3:::acme-data/${text}` }),
        aRow({ used: 0, action: text, granted: true, visibility: text }),
      ],
      { task: { agent: text, opened_at: text, authorization_details: [{ type: text, tools: [text] }] } },
    );
    const { code, stdout } = await undo();
    const lines = stdout.split("\n").filter((line) => line !== "" && !line.startsWith("# "));
    expect([code, lines]).toEqual([
      0,
      [expect.stringMatching(/^aws s3api copy-object --bucket='acme-data' --key='a' /)],
    ]);
    expect(stdout.replaceAll("\n", "")).not.toMatch(/[\p{C}\p{Zl}\p{Zp}]/u);
    const { stdout: machine } = await undo(["--json"]);
    expect(machine.replaceAll("\n", "")).not.toMatch(/[\p{C}\p{Zl}\p{Zp}]/u);
  });

  it("has no command on the word of a hub that names another's version as the task's, below a newer one", async () => {
    answerLedgers([aRow({ used: 1, versions: ["v0"] })]);
    expect(await json()).toMatchObject({ objects: [{ way_back: "none", commands: [] }] });
  });
});
