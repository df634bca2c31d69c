import { describe, expect, it } from "vitest";
import type { Connectors } from "../../../../functions/core/connectors/connector.ts";
import type { Detail } from "../../../../functions/core/intent/detail.ts";
import { parseIntent } from "../../../../functions/core/intent/parse-intent.ts";
import type { Question } from "../../../../functions/core/intent/question.ts";
import { spreadIntent } from "../../../../functions/core/intent/spread-intent.ts";
import { catalogue } from "../catalogue/load-catalogue.ts";

const question = (target: string): Question => ({
  action: "secret:Read",
  groups: ["secret:All"],
  target,
  resource: { uid: { type: "Secret", id: target }, attrs: {}, parents: [] },
});

/** Reads the names that the detail lists. The other parts of a connector are never called here. */
const secret = {
  parse: ({ type, identifiers }: Readonly<Record<string, unknown>>) => ({ type, read: identifiers }),
  describe: ({ read }: { readonly read: readonly string[] }) => read.map(question),
} as unknown as NonNullable<Connectors["secret"]>;
const github = { parse: () => ({ type: "github" }) } as unknown as NonNullable<Connectors["github"]>;

const ASKED = { type: "secret", identifiers: ["a", "b"] };
const parse = (detail: object, connectors: Connectors = {}) =>
  parseIntent(JSON.stringify([detail]), { deployment: { accounts: [] }, catalogue, connectors });
const refusal = (say: string) =>
  expect.objectContaining({ code: "intent_invalid", detail: { say: `authorization_details[0].${say}` } });

describe("a detail of a connector", () => {
  const detail = { type: "secret", read: ["a", "b"] } as unknown as Detail;

  it("is what its connector, and no other, makes of it", () => {
    expect(parse(ASKED, { secret, github })).toEqual([detail]);
    expect(parse({ type: "github" }, { secret, github })).toEqual([{ type: "github" }]);
  });

  it("I10: is refused where nothing understands its type, with the types that are understood", () => {
    expect(() => parse(ASKED)).toThrow(refusal('type must be "aws" or "tool".'));
    expect(() => parse(ASKED, { github })).toThrow(refusal('type must be "aws", "tool" or "github".'));
    for (const type of ["Secret", "constructor", undefined, 1])
      expect(() => parse({ ...ASKED, type }, { secret, github })).toThrow(
        refusal('type must be "aws", "tool", "secret" or "github".'),
      );
  });

  it("is as many pairs as its connector has questions, of which none mints and none is about a set", () => {
    const [spread] = spreadIntent([detail], catalogue, { secret });
    expect(spread?.pairs).toEqual(
      ["a", "b"].map((target) => ({
        kind: "connector",
        action: "secret:Read",
        groups: ["secret:All"],
        mints: false,
        isPattern: false,
        target,
        question: question(target),
      })),
    );
  });

  it("is refused where there is no such connector (any more)", () => {
    expect(() => spreadIntent([detail], catalogue)).toThrow(refusal("type is not handed out."));
  });
});
