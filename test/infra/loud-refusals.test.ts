import { describe, expect, it } from "vitest";
import { FUNCTIONS } from "../../contract/names.ts";
import { REFUSALS, type RefusalCode } from "../../contract/refusals.ts";
import { Refusal } from "../../functions/core/refusal.ts";
import { ROUTES } from "../../functions/routes.ts";
import { RequestRecord } from "../../functions/steps/requests/request-record.ts";
import { fakeWorld } from "../fakes/world/world.ts";
import { watchWorlds } from "../harness/watch-worlds.ts";
import { deployedStacks, resourcesOf } from "./deployed-stacks.ts";

watchWorlds();

const { hub } = deployedStacks();
const CODES = Object.keys(REFUSALS) as RefusalCode[];
const promisesAlarm = (code: RefusalCode): boolean => /operators have been told|alarm/.test(REFUSALS[code][2]);

/** Decides a CloudWatch Logs pattern of `=`, `&&`, `||` and brackets on one line of the log. */
function matches(pattern: string, line: Readonly<Record<string, unknown>>): boolean {
  let rest = pattern
    .replaceAll(/\$\.(\w+) = "([^"]*)"/g, (_, field: string, text: string) => (line[field] === text ? "T" : "F"))
    .replaceAll(/[{}\s]/g, "");
  for (let before = ""; before !== rest; ) {
    before = rest;
    rest = rest
      .replaceAll(/\(([TF])\)/g, "$1")
      .replaceAll("T&&T", "T")
      .replaceAll(/[TF]&&F|F&&T/g, "F");
    rest = rest.replaceAll("F||F", "F").replaceAll(/T\|\|[TF]|F\|\|T/g, "T");
  }
  if (rest !== "T" && rest !== "F") throw new Error(`not understood: ${pattern}`);
  return rest === "T";
}

/** The line that the log gets when a request is refused. */
async function lineOf(code: RefusalCode) {
  const { ports, lines } = fakeWorld();
  await new RequestRecord("POST /v1/token", "request", ports.clock.nowMs()).close(
    { refusal: new Refusal(code) },
    ports,
  );
  return lines.at(-1) ?? {};
}

describe("a refusal whose sentence promises an alarm", () => {
  const alarm = resourcesOf(hub, "AWS::CloudWatch::Alarm").find((each) => each.AlarmName === "valetkey-refused-loudly");
  const filters = resourcesOf(hub, "AWS::Logs::MetricFilter").filter((filter) =>
    (filter.MetricTransformations as { MetricName: string }[]).some(
      ({ MetricName }) => MetricName === "refused-loudly" && MetricName === alarm?.MetricName,
    ),
  );

  it.each(CODES)("raises it, and no other refusal does: %s", async (code) => {
    const line = await lineOf(code);
    const raises = filters.some(({ FilterPattern }) => matches(String(FilterPattern), line));
    expect({ code, raises }).toEqual({ code, raises: promisesAlarm(code) });
    if (raises) expect(line).toMatchObject({ level: "error", code });
  });

  it("raises it in the log of each function that answers requests", () => {
    const logs = filters.map(({ LogGroupName }) => JSON.stringify(LogGroupName).match(/"(\w+)Log/)?.[1]);
    const answering = FUNCTIONS.filter((name) => ROUTES.some((route) => route.function === name));
    expect(logs.toSorted()).toEqual(answering.toSorted());
  });

  it("sends it to the operators' topic at the first line, and names the codes", () => {
    expect(alarm).toMatchObject({ Threshold: 1, EvaluationPeriods: 1, TreatMissingData: "notBreaching" });
    expect(alarm?.AlarmActions).toHaveLength(1);
    for (const code of CODES.filter(promisesAlarm)) expect(alarm?.AlarmDescription).toContain(code);
    expect(CODES.filter(promisesAlarm)).toEqual([
      "agent_ambiguous",
      "sts_refused",
      "archive_broken",
      "connector_refused",
    ]);
  });
});
