import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { JsonText } from "../../../functions/policy/decide/json-text.ts";
import { Problem } from "../../../functions/policy/problem.ts";

const refusal = (text: string): string => {
  try {
    new JsonText("a.json", text);
  } catch (error) {
    if (error instanceof Problem) return error.message;
    throw error;
  }
  return "";
};

describe("a text of JSON", () => {
  it.each<[string, string, string]>([
    ["a comma too many", '{\n  "a": 1,\n}', '3:1: this is not JSON: unexpected "}"'],
    ["a comma too few", '{"a": 1\n "b": 2}', '2:2: this is not JSON: unexpected "\\""'],
    ["nothing for a value", '{"a": }', '1:7: this is not JSON: unexpected "}"'],
    ["an odd word", "[true, yes]", '1:8: this is not JSON: unexpected "y"'],
    ["a text without an end", '["é", "b]', '1:7: this is not JSON: unexpected "\\""'],
    ["no end", '{"a": [1', "1:9: this is not JSON: it ends too early"],
    ["nothing in it", "", "1:1: this is not JSON: it ends too early"],
    ["more behind it", "{} {}", '1:4: this is not JSON: unexpected "{"'],
    ["a name without quotes", "{a: 1}", '1:2: this is not JSON: unexpected "a"'],
    ["a line break in a text", '["a\nb"]', '1:2: this is not JSON: unexpected "\\""'],
  ])("with %s is refused at its place", (_, text, sentence) => {
    expect(refusal(text)).toBe(`a.json:${sentence}`);
  });

  it("knows where everything is, and of what is not there where it should be", () => {
    const text = new JsonText("a.json", '{\n  "a": [\n    1,\n    {"b c": "x"}\n  ]\n}');
    expect(text.where("")).toBe("a.json:1:1");
    expect(text.where("a")).toBe("a.json:2:8");
    expect(text.where("a[0]")).toBe("a.json:3:5");
    expect(text.where("a[1].b c")).toBe("a.json:4:13");
    expect(text.where("a[1].d.e")).toBe("a.json:4:5");
    expect(text.where("z")).toBe("a.json:1:1");
    expect(text.value).toEqual({ a: [1, { "b c": "x" }] });
  });

  it("is taken exactly where JSON.parse takes it", () => {
    const mangled = fc
      .tuple(fc.json(), fc.nat(), fc.constantFrom(...'{}[]",:\\-+.eE019 \n\tntrufalse\u0000\u007f'), fc.nat({ max: 2 }))
      .map(([text, at, character, drop]) => {
        const place = at % (text.length + 1);
        return `${text.slice(0, place)}${character}${text.slice(place + drop)}`;
      });
    fc.assert(
      fc.property(fc.oneof(fc.json(), mangled, fc.string()), (text) => {
        expect(refusal(text) === "").toBe(isJson(text));
      }),
      { numRuns: 3_000 },
    );
  });
});

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
