import { EventBridgeClient, PutEventsCommand } from "@aws-sdk/client-eventbridge";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { BUS_REQUESTS, FUNCTIONS, type FunctionName } from "../../contract/names.ts";
import type { OcsfEvent } from "../../functions/core/siem/ocsf-event.ts";
import { functionRoleName } from "../../functions/hub-names.ts";
import { functionRoleArn } from "../../infra/arns.ts";
import { ocsfFaults } from "../judges/ocsf/ocsf-faults.ts";
import { BUS_ARN, type RunningCloud, runCloud, type StartedTask } from "./running-cloud.ts";

describe("the bus of a running cloud with a SIEM", () => {
  let running: RunningCloud;
  let task: StartedTask;
  beforeAll(async () => {
    running = await runCloud({}, { siem: true });
    task = await running.start();
    await running.complete(task);
    await running.cloud.settled();
  });
  afterAll(() => running.close());

  const delivered = (): readonly { readonly source: string; readonly detail: string }[] =>
    running.cloud.aws
      .admin(running.cloud.hubAccount)
      .events()
      .filter(({ detailType }) => detailType === "ocsf");

  test("delivers each event of each journal, valid by OCSF's own schema", () => {
    const events = delivered().map(({ detail }) => JSON.parse(detail) as OcsfEvent);
    expect(events.flatMap(ocsfFaults)).toEqual([]);
    const codes = events.map(({ metadata }) => metadata.event_code);
    for (const code of ["agent.registered", "task.opened", "task.ended"]) expect(codes).toContain(code);
    expect(new Set(delivered().map(({ source }) => source))).toEqual(new Set(["valetkey"]));
  });

  test("delivers no token and no credential", () => {
    const text = delivered()
      .map(({ detail }) => detail)
      .join();
    expect(text).toContain(task.id);
    for (const secret of [task.token, task.secretAccessKey, task.sessionToken]) expect(text).not.toContain(secret);
  });

  const puts = (name: FunctionName, ...entries: readonly (readonly [source: string, type: string])[]) => {
    const { endpoint, region } = running.cloud.aws;
    const credentials = running.cloud.aws.keysFor(
      functionRoleArn(name, { partition: "aws", account: running.cloud.hubAccount }),
      functionRoleName(name, {}),
    );
    const client = new EventBridgeClient({ endpoint, region, credentials, maxAttempts: 1 });
    const Detail = JSON.stringify({ version: "1", task: task.id, agent: "demo", reason: "x", requested_by: "x" });
    const Entries = entries.map(([Source, DetailType]) => ({ EventBusName: BUS_ARN, Source, DetailType, Detail }));
    return client.send(new PutEventsCommand({ Entries })).then(
      () => "done",
      (error: Error) => error.name,
    );
  };

  test("accepts events of this kind from the collector alone", async () => {
    for (const name of FUNCTIONS)
      expect([name, await puts(name, ["valetkey", "ocsf"])]).toEqual([
        name,
        name === "collect" ? "done" : "AccessDeniedException",
      ]);
  });

  test.each(["valetkey", "valetkey.request"])(
    "accepts no request of a stolen collector with the source %s",
    async (source) => {
      for (const type of BUS_REQUESTS) {
        expect([type, await puts("collect", [source, type])]).toEqual([type, "AccessDeniedException"]);
        expect([type, await puts("collect", ["valetkey", "ocsf"], [source, type])]).toEqual([
          type,
          "AccessDeniedException",
        ]);
      }
      expect(await puts("collect", ["valetkey.request", "ocsf"])).toBe("AccessDeniedException");
    },
  );
});
