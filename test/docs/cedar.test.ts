import { describe, expect, it } from "vitest";
import { inspectPolicies } from "../../functions/policy/read/inspect-policies.ts";
import { catalogue } from "../unit/core/catalogue/load-catalogue.ts";
import { PAGES, read } from "./pages.ts";

/** Permit beside a page's policies: a forbid alone, of everything that the policies do not name, could never hold. */
const BESIDE =
  '@id("beside") permit (principal is Agent, action == Action::"sqs:SendMessage", resource is AWS::Resource);';

/** Codes of the build's faults of a block, as a deployment's policies. */
const faultsOf = (text: string): readonly string[] =>
  inspectPolicies(
    [
      { name: "block.cedar", path: "block.cedar", text },
      { name: "beside.cedar", path: "beside.cedar", text: BESIDE },
    ],
    { path: "schema.cedarschema", text: read("policies/schema.cedarschema") },
    catalogue,
  ).faults.map(({ code, message }) => `${code}: ${message}`);

const BLOCKS = PAGES.flatMap((page) =>
  [...read(page).matchAll(/^```cedar\n([\s\S]*?)^```/gm)].map(([, text = ""]) => ({ page, text })),
);

/** The one block that shows what the build refuses, by a part of it. */
const MIXED = '(!context.conditions.contains("change-freeze") && resource.tags.env == "dev")';

describe("policies that pages show", () => {
  it("are found, the refused one among them", () => {
    expect(BLOCKS.length).toBeGreaterThan(15);
    expect(BLOCKS.filter(({ text }) => text.includes(MIXED))).toHaveLength(1);
  });

  it.each(BLOCKS)("$page: the build takes $text", ({ text }) => {
    const faults = text.includes(MIXED) ? [expect.stringMatching(/^condition_mixed: /)] : [];
    expect(faultsOf(text)).toEqual(faults);
  });
});
