import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { ParsedArn } from "../../../../functions/core/catalogue/arn.ts";
import { compileTemplates, couldBe } from "../../../../functions/core/catalogue/arn-template.ts";
import { cpuMilliseconds } from "../../cpu-milliseconds.ts";
import { arnOf } from "./load-catalogue.ts";

/** Variables are written `<Id>` here, as `$` and braces are the linter's. */
const variables = (text: string): string => text.replace(/<(\w*)>/g, (_, name: string) => `\${${name}}`);

const HEAD = "arn:aws:test:eu-west-1:111122223333:";

function fits(types: Readonly<Record<string, string>>, arn: ParsedArn): readonly string[] {
  const spelled = Object.fromEntries(Object.entries(types).map(([name, arns]) => [name, variables(arns)]));
  const compiled = compileTemplates(spelled, variables("arn:<Partition>:test:<Region>:<Account>:"));
  return Object.keys(types).filter((name) => compiled.get(name)?.some((template) => couldBe(template, arn)));
}

const LETTERS = ["a", "/", ":"];
const EVERY_STRING = Array.from({ length: 8 }, (_, length) =>
  Array.from({ length: 3 ** length }, (_, number) =>
    Array.from({ length }, (_, at) => LETTERS[Math.floor(number / 3 ** at) % 3]).join(""),
  ),
).flat();

describe("an ARN template", () => {
  it.each([
    ["~thing/<Id>", "thing/a", true],
    ["~thing/<Id>", "thing/", false],
    ["~thing/<Id>", "thing/a/b:c", true],
    ["~thing/<Id>", "*", true],
    ["~thing/<Id>", "t*", true],
    ["~thing/<Id>", "*g", true],
    ["~thing/<Id>", "thing*", true],
    ["~thing/<Id>", "x*", false],
    ["~<A>:x:<B>", "a/b:x:c", true],
    ["~<A>/x/<B>", "a:b/x/c", false],
    ["~<A>/x/<B>", "a/b/x/c", false],
    ["~<A>+<B>", "a+b", true],
    ["~<A>+<B>", "a/b+c", false],
    ["~<A><B>", "a", false],
    ["~<A><B>", "ab", true],
    ["~all/*", "all/", true],
    ["~all/*", "all/a:b", true],
    ["~odd/$x", "odd/*", true],
    ["arn:*:test:*:*:thing/<Id>", "thing/a", true],
    ["arn:aws-cn:test:<Region>:<Account>:thing/<Id>", "thing/a", false],
    ["arn:<Partition>:<Vendor>:<Region>:<Account>:thing/<Id>", "thing/a", true],
    ["arn:<Partition>:test:<Region>::thing/<Id>", "thing/a", false],
    ["arn:<Partition>:test:us-east-1:<Account>:thing/<Id>", "thing/a", false],
  ])("%s could be %s: %j", (template, resource, expected) => {
    expect(fits({ it: template }, arnOf(`${HEAD}${resource}`))).toEqual(expected ? ["it"] : []);
  });

  it("ends at a slash where another ARN of the service goes on, whatever its variables are called", () => {
    const types = { bucket: "~<Bucket>", object: "~<BucketName>/<Key>" };
    expect(fits(types, arnOf(`${HEAD}a`))).toEqual(["bucket"]);
    expect(fits(types, arnOf(`${HEAD}a/b`))).toEqual(["object"]);
    expect(fits(types, arnOf(`${HEAD}a:b`))).toEqual(["bucket"]);
    expect(fits(types, arnOf(`${HEAD}a*`))).toEqual(["bucket", "object"]);
  });

  it("is one of several where a resource type has several", () => {
    const types = { bot: "~bot/<Id> ~bot:<Name>" };
    expect(fits(types, arnOf(`${HEAD}bot/a`))).toEqual(["bot"]);
    expect(fits(types, arnOf(`${HEAD}bot:a`))).toEqual(["bot"]);
    expect(fits(types, arnOf(`${HEAD}bot`))).toEqual([]);
  });

  it("could be a pattern exactly if some string is both of its form and in the pattern", () => {
    const form = fc.array(fc.constantFrom("a", "/", ":", "<X>", "*"), { minLength: 1, maxLength: 3 });
    const pattern = fc.string({ unit: fc.constantFrom("a", "/", ":", "*"), minLength: 1, maxLength: 4 });
    const rest = { undefined: "[^]+", ":": "[^:]+" } as Record<string, string>;
    fc.assert(
      fc.property(form, pattern, (steps, resource) => {
        const regexes = steps.map((step, at) =>
          step === "<X>" ? (rest[`${steps[at + 1]}`] ?? "[^:/]+") : step.replace("*", "[^]*"),
        );
        const ofForm = new RegExp(`^${regexes.join("")}$`);
        const inPattern = new RegExp(`^${resource.replaceAll("*", "[^]*")}$`);
        const shared = EVERY_STRING.find((text) => ofForm.test(text) && inPattern.test(text));
        expect([fits({ it: `~${steps.join("")}` }, arnOf(`${HEAD}${resource}`)).length > 0, shared]).toEqual([
          shared !== undefined,
          shared,
        ]);
      }),
      { numRuns: 1_000 },
    );
  });

  it("answers the largest pattern within milliseconds", () => {
    const arn = arnOf(`${HEAD}${"a/".repeat(50)}*${"a/".repeat(50)}*${"a/".repeat(50)}*${"a".repeat(80)}*b`);
    expect(cpuMilliseconds(() => void fits({ it: "~<A>/<B>/<C>/<D>/<E>/<F>/x" }, arn))).toBeLessThan(100);
  });
});
