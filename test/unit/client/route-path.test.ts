import { describe, expect, it } from "vitest";
import { checksOf } from "../../../client/tool/checks.ts";
import { routePath } from "../../../client/tool/route-path.ts";

const ACCESS = {
  token: "x",
  clientId: "demo",
  scopes: ["search"],
  expiresAt: 0,
  resource: new URL("https://t.test"),
  extra: { task: "x", purpose: "x", sub: "demo" },
};
/** Tools by path, as a server that does not speak MCP lists them. */
const TOOLS: Readonly<Record<string, readonly string[]>> = {
  "POST /items": ["search"],
  "POST /items/delete": ["delete"],
};
const { refuse } = checksOf({
  hub: "https://hub.test",
  resource: "https://t.test",
  server: "tickets",
  tools: ["search", "delete"],
  identity: { kind: "token", token: "x" },
  needed: (_, { method, path }) => TOOLS[`${method} ${path}`],
});
const status = (path: string) => refuse(ACCESS, undefined, { method: "POST", path })?.status;

describe("the path by which a tool server lists its tools", () => {
  it.each(["/items/delete", "/items/%64elete", "/Items/Delete", "/items/delete/", "/ITEMS/%44ELETE/"])(
    "is the route's, however a request spells it: %s",
    (path) => expect(status(path)).toBe(403),
  );

  it.each([
    ...["/items/./delete", "/public/../items/delete", "/items/%2e%2e/items/delete", "//items/delete", "/items//delete"],
    ...["http://t.test/items/delete", "items/delete", "*", "/items\\delete", "/items%5cdelete", "/items/delete#x"],
    ...["/items/%zz", "/items/%c0%ae", "/items/delete%00", "/items/d\u00e9l\u00e9te", "/items/delete "],
  ])("is refused where routers read it in different ways: %j", (path) => {
    expect(routePath(path)).toBeUndefined();
    expect(status(path)).toBe(400);
  });

  it("keeps an escaped slash, which separates no segments", () => {
    expect(routePath("/items%2Fdelete")).toBe("/items%2fdelete");
    expect(status("/items%2fdelete")).toBe(400);
  });

  it.each([
    ["/", "/"],
    ["/items", "/items"],
    ["/%D0%94%D0%B0", "/да"],
  ])("is %s for %s", (path, form) => expect(routePath(path)).toBe(form));

  it("lets a granted tool pass", () => expect(status("/items/")).toBeUndefined());
});
