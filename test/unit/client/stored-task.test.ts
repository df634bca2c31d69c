import { describe, expect, it } from "vitest";
import { storedTaskOf } from "../../../client/task/stored-task.ts";
import { credential, TASK_ID } from "./fake-valetkey.ts";

const NOW = 1_800_000_000_000;
const STORED = {
  task: { id: TASK_ID, token: "vk_token", status: "active", expiresAtMs: NOW + 900_000 },
  held: { name: "aws-0", account: "111122223333", region: "eu-west-1", credential: credential(0, 900) },
  issuedAtMs: NOW - 1_000,
};

describe("I10: a file of the cache", () => {
  it("is a task with its credential, and nothing beside it", () => {
    expect(storedTaskOf({ ...STORED, more: 1 }, NOW)).toEqual(STORED);
    const { region: _, ...held } = STORED.held;
    expect(storedTaskOf({ ...STORED, held }, NOW)).toMatchObject({ held });
  });

  const of = (part: "task" | "held", changed: object) => ({ ...STORED, [part]: { ...STORED[part], ...changed } });
  it.each<[string, unknown]>([
    ["a list", [1, 2, 3]],
    ["a number", 1],
    ["null", null],
    ["empty", {}],
    ["a task alone", { task: 1 }],
    ["without its task", { ...STORED, task: undefined }],
    ["with a task that leads elsewhere", of("task", { id: "../../v1/agents" })],
    ["with a task that has no dot", of("task", { id: TASK_ID.slice(0, -1) })],
    ["with a token that would break a header", of("task", { token: "a\r\nb" })],
    ["with a status that is none", of("task", { status: 1 })],
    ["with a deadline that is none", of("task", { expiresAtMs: "soon" })],
    ["without a credential", of("held", { credential: null })],
    ["with half a credential", of("held", { credential: { AccessKeyId: "ASIA0" } })],
    ["with a name that leads elsewhere", of("held", { name: "../x" })],
    ["with an account that is none", of("held", { account: 1 })],
    ["with an account of 11 digits", of("held", { account: "11112222333" })],
    ["with a region that is none", of("held", { region: 1 })],
    ["with a region that is two lines", of("held", { region: "eu-west-1\ncredential_process = sh" })],
    ["without its time", { ...STORED, issuedAtMs: undefined }],
    ["from a time to come, as a clock that was ahead left it", { ...STORED, issuedAtMs: NOW + 1 }],
  ])("that is %s is as good as none", (_, value) => {
    expect(storedTaskOf(value, NOW)).toBeUndefined();
  });
});
