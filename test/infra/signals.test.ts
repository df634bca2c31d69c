import { describe, expect, it } from "vitest";
import { SIGNALS_ROUTE } from "../../functions/routes.ts";
import { CONFIG, deployedStacks, HEARING, resourcesOf } from "./deployed-stacks.ts";

const hearing = deployedStacks({ ...CONFIG, ...HEARING }).hub;
const { hub } = deployedStacks();
const BUS = "arn:aws:events:eu-central-1:999900001111:event-bus/valetkey";
const SIGNALS = "arn:aws:iam::999900001111:role/valetkey-signals";

const statementsOf = (stack: typeof hub) =>
  resourcesOf(stack, "AWS::Events::EventBus").flatMap(
    ({ Policy }) => (Policy as { readonly Statement: readonly { readonly Sid: string }[] }).Statement,
  );
const routesOf = (stack: typeof hub) => resourcesOf(stack, "AWS::ApiGatewayV2::Route").map(({ RouteKey }) => RouteKey);
const namesOf = (stack: typeof hub, type: string, name: string) => resourcesOf(stack, type).map((each) => each[name]);
const ROUTE = `${SIGNALS_ROUTE.method} ${SIGNALS_ROUTE.path}`;

describe("a hub without transmitters", () => {
  it("has neither the function nor its role, its route, its alarm and a right for it on the bus", () => {
    expect(namesOf(hub, "AWS::Lambda::Function", "FunctionName")).not.toContain("valetkey-signals");
    expect(namesOf(hub, "AWS::IAM::Role", "RoleName")).not.toContain("valetkey-signals");
    expect(namesOf(hub, "AWS::CloudWatch::Alarm", "AlarmName")).not.toContain("valetkey-signal-refused");
    expect(routesOf(hub)).not.toContain(ROUTE);
    expect(JSON.stringify(statementsOf(hub))).not.toContain("signals");
  });
});

describe("a hub with a transmitter", () => {
  it("has the function at the one route, and an alarm where a transmitter exceeds its rights", () => {
    expect(namesOf(hearing, "AWS::Lambda::Function", "FunctionName")).toContain("valetkey-signals");
    expect(routesOf(hearing).filter((route) => !routesOf(hub).includes(route))).toEqual([ROUTE]);
    expect(namesOf(hearing, "AWS::CloudWatch::Alarm", "AlarmName")).toContain("valetkey-signal-refused");
  });

  it("lets the function put one detail-type on the bus, and nobody take its place", () => {
    expect(statementsOf(hearing).find(({ Sid }) => Sid === "OnlyPeople")).toEqual({
      Sid: "OnlyPeople",
      Effect: "Deny",
      Principal: "*",
      Action: "events:PutEvents",
      Resource: BUS,
      Condition: {
        ArnLike: { "aws:PrincipalArn": SIGNALS },
        "ForAnyValue:StringNotEquals": { "events:detail-type": "person.offboard" },
      },
    });
    const others = statementsOf(hearing).filter(({ Sid }) => Sid === "NobodyElse");
    expect(JSON.stringify(others)).toContain(SIGNALS);
  });

  it("hands what it puts there to intake", () => {
    const patterns = resourcesOf(hearing, "AWS::Events::Rule").map(({ EventPattern }) => EventPattern);
    expect(patterns).toContainEqual({
      source: ["valetkey"],
      account: ["999900001111"],
      "detail-type": ["task.end", "escalation.detected", "person.offboard"],
    });
  });
});
