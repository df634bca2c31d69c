import { expect, test } from "vitest";
import type { GrantThen } from "../../../client/audit/grants-around.ts";
import { type WhoCould, whoCouldText } from "../../../client/audit/who-could/who-could-text.ts";

const grant = (task: string, isHeld: boolean): GrantThen => ({
  agent: "ci",
  task,
  from: "2027-01-01T00:00:00.000Z",
  until: "2027-01-01T00:15:00.000Z",
  isHeld,
  event: `tasks ${task} event 1`,
});
const command = (arn: string) => `ask ${arn}`;
const answer = (grants: readonly GrantThen[], more: Partial<WhoCould> = {}): WhoCould => ({
  resource: "arn:aws:s3:::acme-data/a.csv",
  actions: ["s3:GetObject"],
  at: "2027-01-01T00:10:00.000Z",
  log: { verdict: "intact", origin: "valetkey/999900001111/us-east-1", size: 9 },
  policies: { hash: "one" },
  conditions: [],
  agents: [
    {
      agent: "ci",
      could: "could_not",
      why: ["no policy permits it"],
      permits: [],
      forbids: [],
      may_forbid: [],
      grants,
    },
  ],
  not_registered: [],
  other_grants: [],
  unknown: [],
  ...more,
});

test("lists 20 tasks of an agent, those that had a key then first, and counts the others", () => {
  const earlier = Array.from({ length: 24 }, (_, index) => grant(`a${index}.`, false));
  const lines = whoCouldText(answer([...earlier, grant("held.", true)]), command).split("\n");
  expect(lines[4]).toContain("had a key then: task held. ");
  expect(lines.filter((line) => line.includes("had a key"))).toHaveLength(20);
  expect(lines).toContain("  and 5 more tasks: --json has all");
  expect(whoCouldText(answer(earlier.slice(0, 20)), command)).not.toContain("more tasks");
});

test("escapes what the log and the policies have chosen", () => {
  const text = whoCouldText(
    answer([], { not_registered: ["x\u001b[31m"], other_grants: [grant("e\n", true)] }),
    command,
  );
  expect(text).toContain("not registered yet: x\\u{1B}[31m\n");
  expect(text).not.toContain("\u001b");
  expect(text.split("\n").filter((line) => line.startsWith("ci: had a key then: task e"))).toHaveLength(1);
});

test("says where no agent was registered", () => {
  expect(whoCouldText(answer([], { agents: [] }), command)).toContain("\nNo agent was registered then.\n");
});
