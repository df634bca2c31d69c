import { describe, expect, it } from "vitest";
import { parsePolicies } from "../../../functions/policy/read/parse-policies.ts";
import { SourceFile } from "../../../functions/policy/read/source-text.ts";
import { cpuMilliseconds } from "../cpu-milliseconds.ts";

const parsed = (text: string) => parsePolicies({ name: "a.cedar", path: "policies/a.cedar", text });

describe("the policies of a file", () => {
  it("are in the order of the file, also where a string, a comment or white space holds a semicolon", () => {
    const text = [
      "\u0085permit (principal, action, resource)\u0085;\u00a0",
      '@id("a; // b") forbid (principal, action, resource) // permit (principal, action, resource);',
      'when { context.purpose == "\\"; permit (principal, action, resource);" };',
      ...Array.from({ length: 12 }, (_, index) => `@id("p${index}") permit (principal, action, resource);`),
      '// permit (principal, action, resource);\r@id("last") forbid (principal, action, resource);',
    ].join("\n");
    const policies = parsed(text);
    expect(policies.map(({ policy }) => policy.id)).toEqual([
      ...["a.cedar#1", "a; // b"],
      ...Array.from({ length: 12 }, (_, index) => `p${index}`),
      "last",
    ]);
    for (const { source } of policies) {
      const { line, column } = source.spot();
      expect(text.split("\n")[line - 1]?.slice(column - 1)).toMatch(/^(?:@id|permit)/);
    }
  });

  it("are found in linear time: 1,600 of them take some four times as long as 400", () => {
    const fileOf = (count: number): string =>
      Array.from(
        { length: count },
        (_, index) =>
          `@id("reads-${count}-${index}")\npermit (principal in Team::"data", action == Action::"s3:GetObject", resource is AWS::Resource)\nwhen { resource.account == "111122223333" && resource.arn like "arn:aws:s3:::acme-data/folder-${index}/reports/*" };\n`,
      ).join("\n");
    const spentMs = (count: number): number => {
      const text = fileOf(count);
      return cpuMilliseconds(() => {
        for (const { source } of parsed(text)) source.spotOfAnnotation("id");
      });
    };
    spentMs(100);
    const [few, many] = [spentMs(400), spentMs(1_600)];
    expect(many / few).toBeLessThan(8);
  });
});

describe("a place in a file", () => {
  it.each([
    [0, 1, 1],
    [1, 1, 2],
    [2, 2, 1],
    [4, 3, 2],
    [9, 3, 3],
  ])("of offset %i is line %i, column %i", (offset, line, column) => {
    expect(new SourceFile("a", "a\n\nbc").spotAt(offset)).toEqual({ file: "a", line, column });
  });
});
