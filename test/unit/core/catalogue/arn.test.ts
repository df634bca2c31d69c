import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseArn } from "../../../../functions/core/catalogue/arn.ts";
import { isProblem } from "../../../../functions/core/catalogue/problem.ts";

const FITTING = "arn:aws:sqs:eu-west-1:111122223333:orders";

describe("parseArn", () => {
  it("takes an ARN apart at its first five colons", () => {
    expect(parseArn("arn:aws-us-gov:logs:us-gov-west-1:111122223333:log-group:/aws/x:*")).toEqual({
      text: "arn:aws-us-gov:logs:us-gov-west-1:111122223333:log-group:/aws/x:*",
      partition: "aws-us-gov",
      service: "logs",
      region: "us-gov-west-1",
      account: "111122223333",
      resource: "log-group:/aws/x:*",
      isPattern: true,
    });
    expect(parseArn("arn:aws:s3:::acme-data/reports")).toMatchObject({
      region: "",
      account: "",
      resource: "acme-data/reports",
      isPattern: false,
    });
  });

  it.each([
    ["a wildcard partition", "arn:*:sqs:eu-west-1:111122223333:orders", /fifth colon/],
    ["a wildcard service", "arn:aws:s*:eu-west-1:111122223333:orders", /fifth colon/],
    ["a wildcard region", "arn:aws:sqs:*:111122223333:orders", /fifth colon/],
    ["a wildcard account", "arn:aws:sqs:eu-west-1:*:orders", /fifth colon/],
    ["a wildcard that swallows colons", "arn:aws:*pii*", /arn:partition/],
    ["a bare wildcard", "*", /arn:partition/],
    ["an unknown partition", "arn:aws-moon:sqs:eu-west-1:111122223333:orders", /known partition: aws, aws-cn,/],
    ["an upper-case service", "arn:aws:SQS:eu-west-1:111122223333:orders", /service in lower-case/],
    ["a service that begins in upper case", "arn:aws:Sqs:eu-west-1:111122223333:orders", /service in lower-case/],
    ["a service that ends in a dot", "arn:aws:sqs.:eu-west-1:111122223333:orders", /service in lower-case/],
    ["no service", "arn:aws::eu-west-1:111122223333:orders", /service in lower-case/],
    ["an upper-case region", "arn:aws:sqs:EU-west-1:111122223333:orders", /region in lower-case/],
    ["an account of 11 digits", "arn:aws:sqs:eu-west-1:11112222333:orders", /12 digits/],
    ["AWS's own account", "arn:aws:iam::aws:policy/ReadOnlyAccess", /12 digits/],
    ["no resource", "arn:aws:sqs:eu-west-1:111122223333:", /arn:partition/],
    ["another scheme", "urn:aws:sqs:eu-west-1:111122223333:orders", /arn:partition/],
    ["something before it", " arn:aws:sqs:eu-west-1:111122223333:orders", /printable ASCII/],
    ["a policy variable", `${FITTING}-\${aws:username}`, /policy variable/],
    ["a question mark", `${FITTING}?`, /Use `\*` in place/],
    ["a line break", `${FITTING}\n`, /printable ASCII/],
    ["a letter beyond ASCII", `${FITTING}é`, /printable ASCII/],
    ["five wildcards", `${FITTING}*a*b*c*d*`, /at most 4 wildcards/],
    ["513 characters", FITTING.padEnd(513, "x"), /512 characters/],
    ["the alias of an access point", "arn:aws:s3:::payroll-ab1-s3alias/x", /access point by its own ARN/],
    ["aliases of access points", "arn:aws:s3:::pay*-s3alias", /access point by its own ARN/],
    ["that of one with a function", "arn:aws:s3:::payroll--ol-s3/x", /access point by its own ARN/],
    ["that of one for several regions", "arn:aws:s3:::ab1cd2.mrap/x", /access point by its own ARN/],
    ["nothing", "", /arn:partition/],
  ])("refuses %s and names the remedy", (_, text, problem) => {
    expect(parseArn(text)).toEqual({ problem: expect.stringMatching(problem) });
  });

  it("takes the longest ARN, and one with four wildcards", () => {
    expect(isProblem(parseArn(FITTING.padEnd(512, "x")))).toBe(false);
    expect(isProblem(parseArn(`${FITTING}*a*b*c*`))).toBe(false);
  });

  it("I2: takes only text whose parts joined are the text, with nothing but literals before the resource", () => {
    const part = fc.string({ unit: fc.constantFrom("a", "1", "-", ":", "*", "?", "$", "/", "A", " "), maxLength: 6 });
    const text = fc.oneof(
      fc.array(part, { maxLength: 8 }).map((parts) => `arn:${parts.join(":")}`),
      fc.tuple(part, part, part).map(([region, account, rest]) => `arn:aws:s3:${region}:${account}:${rest}`),
      part.map((rest) => `${FITTING}${rest}`),
    );
    fc.assert(
      fc.property(text, (candidate) => {
        const arn = parseArn(candidate);
        if (isProblem(arn)) return;
        const head = ["arn", arn.partition, arn.service, arn.region, arn.account];
        expect([...head, arn.resource].join(":")).toBe(candidate);
        expect(head.join("")).toMatch(/^[a-z0-9-]+$/);
        expect(candidate).not.toMatch(/[?$\s]/);
      }),
      { numRuns: 1_000 },
    );
  });

  it("I8: repeats nothing of what it refuses", () => {
    expect(JSON.stringify(parseArn("arn:aws:sqs:eu-west-1:CANARY:orders"))).not.toContain("CANARY");
  });
});
