import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { RULE_IDS } from "../../contract/names.ts";
import { responsesOf } from "../../functions/core/deployment/escalation-rules.ts";

it("docs/escalation.md lists every rule with its responses", () => {
  const text = readFileSync(new URL("../../docs/escalation.md", import.meta.url), "utf8");
  const rows = [...text.matchAll(/^\| (E\d+) \| [^|]+ \| ([^|]+) \|/gm)].map(([, rule, responses]) => [
    rule,
    responses,
  ]);
  expect(rows).toEqual(
    RULE_IDS.map((rule) => [
      rule,
      responsesOf(rule)
        .map((each) => `\`${each}\``)
        .join(", "),
    ]),
  );
});
