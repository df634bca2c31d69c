import { describe, expect, it } from "vitest";
import { readsOf } from "../../../../functions/core/proof/cedar-reads.ts";
import type { Question, StatedRequester } from "../../../../functions/core/proof/question.ts";
import { nameOf } from "../../../../functions/core/proof/question-name.ts";
import { readQuestion } from "../../../../functions/core/proof/read-question.ts";
import { ASKED_FOR_ALL, ASKER, allow, PERMIT, QUESTION, statedOf, textOf } from "./ask.ts";

const ARN = "arn:aws:s3:::acme/x";
const [HERE, THERE] = ["192.0.2.7", "192.0.2.8"];
const OPEN = textOf(allow("s3:GetObject", ARN));
const fromHere = (key: string) => textOf(allow("s3:GetObject", ARN, { IpAddress: { [key]: HERE } }));
const nameUnder = (
  permits: readonly string[],
  changed: Partial<Question>,
  asker: Partial<StatedRequester> = {},
): string => {
  const question: Question = {
    ...QUESTION,
    text: OPEN,
    policies: permits.map(statedOf),
    ...changed,
    asker: { ...ASKER, boundIp: HERE, ...asker },
  };
  return nameOf(readQuestion(question), readsOf);
};

describe("I2: the name of a proven question", () => {
  it.each<readonly [string, Partial<Question>]>([
    ["the text", { text: fromHere("aws:SourceIp") }],
    ["the text, in other letters", { text: fromHere("AWS:SOURCEIP") }],
    ["one of two conditions", { text: textOf(allow("s3:GetObject", ARN, twoConditions())) }],
    ["a text above", { above: [[OPEN], [OPEN, fromHere("aws:SourceIp")]] }],
    ["what is asked", { asked: [...ASKED_FOR_ALL, askedFrom()] }],
  ])("has the address that the session is bound to where it is compared in %s", (_, changed) => {
    const [here, there, nowhere] = [HERE, THERE, undefined].map((boundIp) => nameUnder([PERMIT], changed, { boundIp }));
    expect(new Set([here, there, nowhere]).size).toBe(3);
  });

  it("has otherwise only whether the session is bound to an address", () => {
    const [here, there, nowhere] = [HERE, THERE, undefined].map((boundIp) => nameUnder([PERMIT], {}, { boundIp }));
    expect(there).toBe(here);
    expect(nowhere).not.toBe(here);
  });

  it.each(["Z", ".000Z"])(
    "has no time that calls cannot distinguish from another, written with %s at its end",
    (end) => {
      const until = (minute: number) => {
        const time = `2026-11-24T12:${minute}:00${end}`;
        const text = textOf(allow("s3:GetObject", ARN, { DateLessThan: { "aws:CurrentTime": time } }));
        return nameUnder([PERMIT], { text });
      };
      expect(until(50)).toBe(until(55));
      expect(until(50)).not.toBe(until(40));
    },
  );

  it("has which permits' ends are one", () => {
    const [short, long] = [`@maxTtl("10m") ${PERMIT}`, `@maxTtl("20m") ${PERMIT}`];
    expect(nameUnder([short, short], {})).not.toBe(nameUnder([short, long], {}));
    expect(nameUnder([short, long, long], {})).not.toBe(nameUnder([short, long, short], {}));
  });

  it("has which permits are without their votes", () => {
    const permit = `@approval("sre=2") ${PERMIT}`;
    const [given, missing] = [2, 1].map((count) => nameUnder([permit], {}, { approved: [{ group: "sre", count }] }));
    expect(given).not.toBe(missing);
  });

  it("has the places of the policies that are about the requester", () => {
    const [about, other] = ["reporter", "other"].map((id) =>
      PERMIT.replace("principal", `principal == Agent::"${id}"`),
    );
    expect(nameUnder([PERMIT, about as string], {})).not.toBe(nameUnder([PERMIT, other as string], {}));
  });
});

function twoConditions() {
  return { StringEquals: { "s3:prefix": "a" }, IpAddress: { "aws:SourceIp": HERE } };
}

function askedFrom() {
  const conditions = { StringEquals: { "aws:SourceIp": [HERE] } };
  return { account: "*", actions: ["s3:ListBucket"], resources: ["*"], conditions };
}
