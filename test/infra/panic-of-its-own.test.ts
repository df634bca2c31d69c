import { Template } from "aws-cdk-lib/assertions";
import { describe, expect, it } from "vitest";
import { ROUTES } from "../../functions/routes.ts";
import { deployedStacks, resourceWhere } from "./deployed-stacks.ts";

const { hub } = deployedStacks();
const PANIC = "POST /v1/panic";

interface Resource {
  readonly Type: string;
  readonly DependsOn?: readonly string[];
  readonly Properties: Readonly<Record<string, unknown>>;
}

const RESOURCES = Object.entries(Template.fromStack(hub).toJSON().Resources as Readonly<Record<string, Resource>>);

/** Logical id of the one resource of a type whose properties have this text. */
function idOf(type: string, text: string): string {
  const [found, ...more] = RESOURCES.filter(
    ([, { Type, Properties }]) => Type === type && JSON.stringify(Properties).includes(text),
  );
  if (!found || more.length > 0) throw new Error(`not exactly one ${type} with ${text}`);
  return found[0];
}

const functionId = (name: string): string => idOf("AWS::Lambda::Function", `"FunctionName":"valetkey-${name}"`);

/** Logical ids of all resources that CloudFormation changes before this one. */
function changedBefore(id: string, found = new Set<string>()): ReadonlySet<string> {
  const [, resource] = RESOURCES.find(([each]) => each === id) ?? [];
  const referred = [...JSON.stringify(resource?.Properties ?? {}).matchAll(/"(?:Ref|Fn::GetAtt)":\[?"(\w+)"/g)];
  for (const each of [...(resource?.DependsOn ?? []), ...referred.map(([, name]) => String(name))])
    if (!found.has(each)) changedBefore(each, found.add(each));
  return found;
}

describe("a panic", () => {
  const route = idOf("AWS::ApiGatewayV2::Route", `"RouteKey":"${PANIC}"`);

  it("is answered by a function that answers nothing else, so that no flood of reads takes its runs", () => {
    const { function: name } = ROUTES.find(({ method, path }) => `${method} ${path}` === PANIC) ?? {};
    const sharing = ROUTES.filter((each) => each.function === name).map(({ method, path }) => `${method} ${path}`);
    expect(sharing).toEqual([PANIC]);
    const deployed = resourceWhere(hub, "AWS::Lambda::Function", "FunctionName", `valetkey-${name}`);
    expect(deployed.ReservedConcurrentExecutions).toBeGreaterThanOrEqual(5);
    expect(changedBefore(route)).toContain(functionId(String(name)));
  });

  it("is answered at each moment of an upgrade that gives it to another function, which all readers understand", () => {
    const permission = idOf("AWS::Lambda::Permission", functionId("panic"));
    const integrations = RESOURCES.filter(
      ([id, { Type }]) => Type === "AWS::ApiGatewayV2::Integration" && changedBefore(route).has(id),
    ).map(([id]) => id);
    expect(integrations).toHaveLength(1);
    for (const changed of [route, ...integrations]) {
      const first = changedBefore(changed);
      expect(first).toContain(permission);
      for (const reader of ["exchange", "tasks", "sweep", "reconcile"]) expect(first).toContain(functionId(reader));
      expect(first).not.toContain(functionId("operate"));
    }
    expect(changedBefore(functionId("operate"))).toContain(route);
  });
});
