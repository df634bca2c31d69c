import { describe, expect, it } from "vitest";
import { unreadIn } from "../../../../functions/core/proof/unread.ts";
import { statedOf, when } from "./ask.ts";

const operatorsIn = (text: string) => unreadIn(statedOf(text)).map(({ operator }) => operator);
const HUGE = "9007199254740993";

describe("I2: expressions of a policy that no proof can read", () => {
  it.each([
    ['decimal("1.0").lessThan(decimal("2.0"))', ["decimal", "decimal"]],
    [`context.ttl < ${HUGE}`, ["Value"]],
    [`if context.ttl == ${HUGE} then true else 1 == 1`, ["Value"]],
    ["resource.account == resource.region", ["=="]],
    ["[resource.service].contains(resource.tags.service)", ["contains"]],
    ["ip(resource.tags.from).isLoopback()", ["ip"]],
    [`[1, ${HUGE}].contains(2)`, ["Value"]],
    [`{"a": ${HUGE}}.a == 1 || decimal("1.0") == decimal("1.0")`, ["Value", "decimal", "decimal"]],
    ['resource.tags == {"a": "b"}', ["=="]],
  ])("are the innermost ones, in the order of the text: %s", (condition, operators) => {
    for (const effect of ["permit", "forbid"] as const) expect(operatorsIn(when(effect, condition))).toEqual(operators);
  });

  it.each([
    "true",
    'resource.arn like "a*b" && resource.tags.team == "x" && resource has tags.team',
    'principal.id == "a" && principal in Team::"b" && context.time.hour < 3',
    'context has sourceIp && context.sourceIp.isInRange(ip("192.0.2.0/24"))',
    'resource.region == "eu" || resource.account != "1"',
    "resource is AWS::Resource",
  ])("are none in %s", (condition) => {
    expect(operatorsIn(when("permit", condition))).toEqual([]);
  });

  it("come with what the operator was given", () => {
    expect(unreadIn(statedOf(when("permit", 'decimal("1.0") == decimal("2.0")')))[0]).toEqual({
      operator: "decimal",
      operands: [{ Value: "1.0" }],
    });
  });

  it("are of every condition, and of policies about resources or accounts alone", () => {
    const bad = 'decimal("1.0") == decimal("2.0")';
    const two = `permit (principal, action, resource) when { true } unless { ${bad} };`;
    expect(operatorsIn(two)).toEqual(["decimal", "decimal"]);
    expect(operatorsIn(`permit (principal, action, resource is AWS::Account) when { ${bad} };`)).toHaveLength(2);
    expect(operatorsIn(`permit (principal, action, resource is AWS::Resource) when { ${bad} };`)).toHaveLength(2);
    expect(operatorsIn(`permit (principal, action, resource is Tool) when { ${bad} };`)).toEqual([]);
    expect(operatorsIn("permit (principal, action, resource);")).toEqual([]);
  });
});
