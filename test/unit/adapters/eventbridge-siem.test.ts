import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, describe, expect, it, vi } from "vitest";
import { EventBridgeSiem } from "../../../functions/adapters/eventbridge/eventbridge-siem.ts";
import { ocsfOf } from "../../../functions/core/siem/ocsf.ts";
import { bodyOf, type LoopbackServer, listen } from "../../loopback-server.ts";
import { sampleOf } from "../core/siem/journal-samples.ts";

const HUB = { account: "999900001111", region: "eu-central-1" };
const BUS = "arn:aws:events:eu-central-1:999900001111:event-bus/valetkey";

interface Entry {
  readonly EventBusName: string;
  readonly Source: string;
  readonly DetailType: string;
  readonly Detail: string;
}

describe("the bus of a SIEM", () => {
  let server: LoopbackServer | undefined;
  const calls: (readonly Entry[])[] = [];
  afterEach(async () => {
    vi.unstubAllEnvs();
    calls.length = 0;
    await server?.close();
  });

  /** Bus that answers after so many milliseconds, with so many entries failed. */
  async function bus({ afterMs = 0, failed = 0, putMs = 5_000 } = {}): Promise<EventBridgeSiem> {
    server = await listen(async (request, response) => {
      calls.push((JSON.parse(await bodyOf(request)) as { Entries: Entry[] }).Entries);
      await sleep(afterMs);
      response.setHeader("content-type", "application/x-amz-json-1.1");
      response.end(JSON.stringify({ FailedEntryCount: failed, Entries: [] }));
    });
    vi.stubEnv("AWS_ENDPOINT_URL", server.url);
    vi.stubEnv("AWS_REGION", HUB.region);
    vi.stubEnv("AWS_ACCESS_KEY_ID", "AKIAEXAMPLEEXAMPLE00");
    vi.stubEnv("AWS_SECRET_ACCESS_KEY", "secret");
    return new EventBridgeSiem({ ...HUB, bus: BUS }, putMs);
  }
  const events = (count: number, more: object = {}) =>
    Array.from({ length: count }, () => ({ ...ocsfOf(sampleOf("task.opened"), HUB), ...more }));

  it("takes ten events a call, each under our own name", async () => {
    await (await bus()).put(events(23));
    expect(calls.map((entries) => entries.length)).toEqual([10, 10, 3]);
    const first = calls[0]?.[0];
    expect(first).toMatchObject({ EventBusName: BUS, Source: "valetkey", DetailType: "ocsf" });
    expect(JSON.parse(first?.Detail ?? "")).toEqual(JSON.parse(JSON.stringify(events(1)[0])));
  });

  it("takes no more bytes a call than EventBridge does", async () => {
    await (await bus()).put(events(5, { raw_data: "x".repeat(100_000) }));
    expect(calls.map((entries) => entries.length)).toEqual([2, 2, 1]);
  });

  it("reports an entry that was not put", async () => {
    await expect((await bus({ failed: 1 })).put(events(1))).rejects.toThrow("1 events were not put");
  });

  it("gives up on a bus that is slow, while the collector has time for the archive", async () => {
    const slow = await bus({ afterMs: 150, putMs: 400 });
    await expect(slow.put(events(100))).rejects.toThrow();
    expect(calls.length).toBeLessThan(5);
  });
});
