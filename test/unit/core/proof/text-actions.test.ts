import { describe, expect, it } from "vitest";
import { readText, Unreadable } from "../../../../functions/core/proof/iam-text.ts";
import { actionsOf } from "../../../../functions/core/proof/text-actions.ts";
import { catalogue } from "../catalogue/load-catalogue.ts";
import { allow, deny } from "./ask.ts";

/** A catalogue of two services and a prefix without any, and the prefixes that were looked up in it. */
function small() {
  const prefixes: string[] = [];
  const service = (prefix: string) => {
    prefixes.push(prefix);
    return prefix === "none" ? undefined : catalogue.service(prefix);
  };
  return { prefixes, catalogue: { prefixes: ["none", "sqs", "sts"], service } };
}
const named = (...statements: readonly object[]) => {
  const { prefixes, catalogue: few } = small();
  const text = readText(JSON.stringify({ Version: "2012-10-17", Statement: statements }));
  return { names: [...actionsOf(text, few)].map(({ name }) => name), prefixes };
};

describe("the actions that a text allows", () => {
  it("are each named once, in the order of the text", () => {
    const { names } = named(
      allow(["sts:TagSession", "sqs:SendMessage"], "*"),
      allow(["sts:TagS*", "SQS:SENDMESSAGE"], "*"),
    );
    expect(names).toEqual(["sts:TagSession", "sqs:SendMessage"]);
  });

  it("are none of a Deny's", () => {
    expect(named(deny("sqs:*", "*"), allow("sts:TagSession", "*")).names).toEqual(["sts:TagSession"]);
  });

  it("are those that a pattern names, of the services whose prefix it names", () => {
    const { names, prefixes } = named(allow("sqs:Send*", "*"));
    expect(names).toEqual(["sqs:SendMessage"]);
    expect(prefixes).toEqual(["sqs"]);
    expect(named(allow("s*:*Session", "*")).names).toEqual(["sts:SetSourceIdentity", "sts:TagSession"].slice(1));
    expect(named(allow("*", "*")).prefixes).toEqual(["none", "sqs", "sts"]);
  });

  it("are all but those that NotAction names", () => {
    const { names } = named({ Effect: "Allow", NotAction: ["sqs:*", "sts:A*", "sts:G*", "sts:D*"], Resource: "*" });
    expect(names).toContain("sts:TagSession");
    expect(names.filter((name) => /^sqs:|^sts:[AGD]/.test(name))).toEqual([]);
  });

  it.each(["sqs:Nothing", "none:Do", "sqs", "zz:Do"])(
    "cannot be listed where the catalogue does not know one: %s",
    (action) => {
      expect(() => named(allow(action, "*"))).toThrow(new Unreadable("action"));
    },
  );
});
