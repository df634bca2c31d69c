import { describe, expect, it } from "vitest";
import { NEVER } from "../../../../functions/core/ceiling/ceiling-actions.ts";
import { EXCEPTED_FROM, exceptionFor, exceptionsOf } from "../../../../functions/core/ceiling/exceptions.ts";

const A = "111122223333";
const ROLE = `arn:aws:iam::${A}:role/app`;
const DEFINITION = `arn:aws:ecs:us-east-1:${A}:task-definition/app`;
const EXCEPTIONS = {
  passRoles: [{ role: ROLE, services: ["ecs-tasks.amazonaws.com"] }],
  runTasks: { taskDefinitions: [`${DEFINITION}:*`], clusters: [`arn:aws:ecs:us-east-1:${A}:cluster/app`] },
};

describe("an account's exceptions", () => {
  it("are none unless it opts in", () => {
    expect(exceptionsOf(undefined)).toEqual([]);
    expect(exceptionFor("iam:PassRole", ROLE, undefined)).toBeUndefined();
  });

  it.each([
    ["iam:PassRole", ROLE, true],
    ["iam:PassRole", `${ROLE}-admin`, false],
    ["iam:PassRole", `arn:aws:iam::${A}:role/*`, false],
    ["iam:PassRole", `arn:aws:iam::${A}:role/ap*`, false],
    ["iam:CreateRole", ROLE, false],
    ["ecs:RunTask", `${DEFINITION}:7`, true],
    ["ecs:RunTask", `${DEFINITION}:*`, true],
    ["ecs:RunTask", DEFINITION, false],
    ["ecs:RunTask", `arn:aws:ecs:us-east-1:${A}:task-definition/app*`, false],
    ["ecs:RunTask", ROLE, false],
  ])("let tasks do %s on %s: %s", (action, target, isExcepted) => {
    expect(exceptionFor(action, target, EXCEPTIONS) !== undefined).toBe(isExcepted);
  });

  it("are made from entries of the list of what no task may do", () => {
    expect(Object.values(EXCEPTED_FROM).filter((pattern) => !NEVER.includes(pattern))).toEqual([]);
  });
});
