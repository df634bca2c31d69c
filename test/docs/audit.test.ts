import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { proofDaysOf } from "../../infra/hub-scope.ts";
import { deployedStacks, resourceWhere } from "../infra/deployed-stacks.ts";
import { read } from "./pages.ts";

const PAGE = read("docs/audit.md");
/** Days in the row of the table of retention periods. */
const daysOf = (what: string): number =>
  Number(
    PAGE.split("\n")
      .find((line) => line.startsWith(`| ${what}`))
      ?.match(/(\d+) days/)?.[1],
  );

describe("docs/audit.md", () => {
  it.each([
    ["tasks that have ended", "functions/adapters/dynamodb/tasks/task-ending.ts", "CLOSED_SECONDS"],
    ["requests for approval, votes", "functions/adapters/dynamodb/approvals/approval-items.ts", "APPROVAL_SECONDS"],
    ["rows of the ledger", "functions/adapters/dynamodb/observed/dynamo-ledger.ts", "KEPT_SECONDS"],
    ["what a probe saw", "functions/adapters/dynamodb/observed/dynamo-observations.ts", "KEPT_SECONDS"],
    ["operators' acts with their tokens", "functions/adapters/dynamodb/identity/sign-in-items.ts", "SIGN_IN_SECONDS"],
  ])("gives the days for which %s are stored, as %s has it", (what, file, name) => {
    const days = new RegExp(`const ${name} = (\\d+) \\* 86_400;`).exec(readFileSync(file, "utf8"))?.[1];
    expect(daysOf(what)).toBe(Number(days));
  });

  it.each([
    [
      "that an event of CloudTrail was counted",
      "functions/adapters/dynamodb/observed/dynamo-ledger.ts",
      "SEEN_SECONDS",
    ],
    ["how often a caller asked", "functions/adapters/dynamodb/observed/dynamo-rate-limits.ts", "KEPT_SECONDS"],
  ])("gives how long data stored for hours lasts: %s, as %s has it", (what, file, name) => {
    const row = PAGE.split("\n").find((line) => line.startsWith(`| ${what}`));
    const [, hours = "1"] = new RegExp(`const ${name} = (?:(\\d+) \\* )?3_600;`).exec(readFileSync(file, "utf8")) ?? [];
    expect(row).toMatch(new RegExp(` ${hours} hours? \\|$`));
  });

  it("gives the days for which intake and log lines are stored", () => {
    const { hub } = deployedStacks();
    const bucket = resourceWhere(hub, "AWS::S3::Bucket", "BucketName", "valetkey-archive-999900001111-eu-central-1");
    const { Rules: rules } = bucket.LifecycleConfiguration as {
      readonly Rules: readonly { ExpirationInDays: number }[];
    };
    expect(rules.map(({ ExpirationInDays }) => ExpirationInDays)).toEqual([
      ...Array(2).fill(daysOf("events that wait")),
      proofDaysOf({}),
    ]);
    expect(PAGE).toContain(`\`archive.proofDays\`, ${proofDaysOf({})} unless given`);
    const log = resourceWhere(hub, "AWS::Logs::LogGroup", "LogGroupName", "/aws/lambda/valetkey-exchange");
    expect(log.RetentionInDays).toBe(daysOf("log lines"));
  });
});
