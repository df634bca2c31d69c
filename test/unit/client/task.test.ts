import { describe, expect, it } from "vitest";
import { approvalOf } from "../../../client/task/approval.ts";
import { credentialOf, taskOf } from "../../../client/task/task.ts";
import { CANARY, credential, opened, TASK_ID } from "./fake-valetkey.ts";

const body = (changes: object = {}) => ({ ...(opened()?.body as Record<string, unknown>), ...changes });
const aws = (changes: object) =>
  body({ credentials: [{ type: "aws", name: "aws-0", account: "111122223333", ...credential(0, 900), ...changes }] });
const task = (changes: object) =>
  body({ task: { id: TASK_ID, status: "active", expires_at: "2026-11-24T12:00:00Z", ...changes } });

describe("the service's answer", () => {
  it("is a task with its credentials", () => {
    expect(taskOf(task({}))).toEqual({
      id: TASK_ID,
      token: CANARY.taskToken,
      status: "active",
      expiresAtMs: Date.parse("2026-11-24T12:00:00Z"),
      credentials: [{ name: "aws-0", account: "111122223333", region: "eu-west-1", credential: expect.any(Object) }],
      issued: [],
      granted: [],
    });
  });

  it("may give the deadline as epoch seconds, or only how long the token lives", () => {
    expect(taskOf(task({ expires_at: 1_800_000_000 }))?.expiresAtMs).toBe(1_800_000_000_000);
    const inAnHour = taskOf(task({ expires_at: undefined }))?.expiresAtMs ?? 0;
    expect(Math.abs(inAnHour - Date.now() - 3_600_000)).toBeLessThan(60_000);
  });

  it("may hold credentials of kinds that are not for an SDK", () => {
    const secret = { type: "secret", name: "secret-0", value: CANARY.secret };
    expect(taskOf(body({ credentials: [secret] }))).toMatchObject({
      credentials: [],
      issued: [{ type: "secret", name: "secret-0", fields: secret }],
    });
  });

  it.each([
    ["no token", body({ access_token: undefined })],
    ["a token that would break a header", body({ access_token: "a\r\nb" })],
    ["no task", body({ task: undefined })],
    ["an id that leads elsewhere", task({ id: "../../v1/agents" })],
    ["an id that is two dots", task({ id: ".." })],
    ["an id without its dot", task({ id: TASK_ID.slice(0, -1) })],
    ["an id in capitals", task({ id: TASK_ID.toUpperCase() })],
    ["an id with an empty level", task({ id: `${TASK_ID}.` })],
    ["an id that is two lines", task({ id: `${TASK_ID}\n` })],
    ["no deadline", body({ task: { id: TASK_ID }, expires_in: undefined })],
    ["a deadline that is none", body({ task: { id: TASK_ID, expires_at: "soon" }, expires_in: "soon" })],
    ["a secret with a name that leads elsewhere", body({ credentials: [{ type: "secret", name: "../x" }] })],
    ["a login without a name", body({ credentials: [{ type: "postgres" }] })],
    ["a credential without a name", body({ credentials: [{ type: "aws", ...credential(0, 900) }] })],
    [
      "a credential with a name that leads elsewhere",
      body({ credentials: [{ type: "aws", name: "../x", ...credential(0, 900) }] }),
    ],
    // The Region becomes a line of an AWS profile, and a variable of the command.
    ["a Region that is two lines", aws({ region: "us-east-1\ncredential_process = sh -c id" })],
    ["a Region in another script", aws({ region: "us\u2010east-1" })],
    ["a Region that is no text", aws({ region: 7 })],
    ["a Region without an end", aws({ region: "a".repeat(33) })],
    ["an account that is two lines", aws({ account: "111122223333\n[profile x]" })],
    ["an account that is a number", aws({ account: 111122223333 })],
  ])("with %s is none", (_, answer) => {
    expect(taskOf(answer)).toBeUndefined();
  });

  it.each(["ap7f3m2q9x4ab", "AP7F3M2Q9X4ABC1D", "ap7f3m2q9x4abc1d\n", "../ap7f3m2q9x4abc1d", 7])(
    "with an approval whose id is %j has none",
    (id) => {
      const approval = { id, needed: [], expires_at: "2026-11-24T12:00:00Z", url: "https://console.example.com/a" };
      expect(approvalOf({ approval } as never)).toBeUndefined();
      expect(approvalOf({ approval: { ...approval, id: "ap7f3m2q9x4abc1d" } } as never)).toMatchObject({ needed: [] });
    },
  );

  it.each(["AccessKeyId", "SecretAccessKey", "Token", "Expiration"])(
    "with a credential without %s is none",
    (field) => {
      expect(credentialOf({ ...credential(0, 900), [field]: undefined })).toBeUndefined();
    },
  );

  it("with a credential whose end cannot be read is none", () => {
    expect(credentialOf({ ...credential(0, 900), Expiration: "never" })).toBeUndefined();
  });
});
