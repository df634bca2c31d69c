import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { jsonFields } from "../../../../functions/core/text/json-fields.ts";
import { parseJson } from "../../../../functions/core/text/parse-json.ts";

describe("JSON of others", () => {
  it.each([
    ["two members of one name", '{"a":1,"a":1}'],
    ["two members of one name in an inner object", '[{"b":{"a":1,"c":2,"a":3}}]'],
    ["one name in two spellings", '{"a":1,"\\u0061":2}'],
    ["a repeated member that is an object", '{"a":{"b":1},"a":{"b":1,"c":2}}'],
    ["__proto__ twice", '{"__proto__":1,"__proto__":2}'],
    ["a repeated name without letters", '{"":1,"":2}'],
    ["a repeated index", '{"1":1,"1":2}'],
    ["a repeated name with a colon and quotes", '{"\\":\\"":1,"\\":\\"":2}'],
    ["no JSON", '{"a":1,}'],
    ["nothing", ""],
  ])("is refused with %s", (_what, text) => {
    expect(() => parseJson(text)).toThrow(SyntaxError);
    expect(jsonFields(text)).toEqual({});
  });

  it.each(['{"a:b":":","c":"\\":{\\"a\\":1}"}', '[{"a":1},{"a":1}]', '{"__proto__":1}', '"a\\\\"', "7", "null", "[]"])(
    "is read as it is written: %s",
    (text) => expect(parseJson(text)).toEqual(JSON.parse(text)),
  );

  it("is read as by JSON.parse, whatever it is", () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 5 }), (text) => {
        expect(parseJson(text)).toEqual(JSON.parse(text));
      }),
    );
  });

  it("is refused wherever in it a member is repeated", () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 4 }), fc.nat(), fc.json({ maxDepth: 2 }), (text, nth, value) => {
        const objects = [...text.matchAll(/"(?:[^"\\]|\\.)*"|\{/g)].filter(([found]) => found === "{");
        const at = objects[nth % Math.max(1, objects.length)]?.index;
        if (at === undefined) return;
        const rest = text.slice(at + 1);
        const member = `"again":${value}`;
        const isEmpty = /^\s*\}/.test(rest);
        expect(() => parseJson(`${text.slice(0, at + 1)}${member},${member}${isEmpty ? "" : ","}${rest}`)).toThrow();
        if (!rest.includes('"again"')) parseJson(`${text.slice(0, at + 1)}${member}${isEmpty ? "" : ","}${rest}`);
      }),
    );
  });
});
