import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { preparePolicies } from "../../../functions/policy/prepare-policies.ts";
import { catalogue } from "../core/catalogue/load-catalogue.ts";
import { folderWith } from "./folder.ts";

const SCHEMA = readFileSync(fileURLToPath(new URL("../../../policies/schema.cedarschema", import.meta.url)), "utf8");
const prepare = (condition: string) =>
  preparePolicies(
    folderWith({
      "schema.cedarschema": SCHEMA,
      "a.cedar": `permit (principal is Agent, action == Action::"sqs:SendMessage", resource is AWS::Resource) ${condition};`,
    }),
    catalogue,
  ).policies;

describe("a question for a name within a name (`resource has tags.stage`)", () => {
  it("is checked as the two questions that it is", () => {
    expect(prepare("when { resource has tags.stage }")).toMatchObject([{ reads: ["tags"] }]);
  });

  it.each(["unless { resource has tags.stage }", "when { [true].contains(!(resource has tags.stage)) }"])(
    "I2: cannot be %s, as no session policy can express it",
    (condition) => {
      expect(() => prepare(condition)).toThrow("cannot become a session policy");
    },
  );
});
