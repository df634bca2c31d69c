import { expect, it } from "vitest";
import { withoutSecrets } from "../../../../client/mcp/without-secrets.ts";

const SECRET = "wJalr/XUtnFEMI+K7MDENG=";
const removed = (text: string, isCut = false) => withoutSecrets(text, [SECRET, ""], isCut);

it.each([
  ["as it is", `a ${SECRET} b ${SECRET}`, "a (removed) b (removed)"],
  ["in a URL", "?X-Amz-Security-Token=wJalr%2FXUtnFEMI%2BK7MDENG%3D&x", "?X-Amz-Security-Token=(removed)&x"],
  ["in JSON with escaped slashes", '{"k":"wJalr\\/XUtnFEMI+K7MDENG="}', '{"k":"(removed)"}'],
])("removes a secret %s", (_, text, expected) => expect(removed(text)).toBe(expected));

it("removes the beginning of a secret where the text was cut, and only there", () => {
  const begun = `text ${SECRET.slice(0, -1)}`;
  expect(removed(begun, true)).toBe("text (removed)");
  expect(removed("wJalr%2FXUtnFEMI%", true)).toBe("(removed)");
  expect(removed(begun)).toBe(begun);
  expect(removed("text wJal", true)).toBe("text wJal");
});
