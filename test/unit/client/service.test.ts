import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { callService, isOutage } from "../../../client/task/service.ts";
import { FakeValetkey } from "./fake-valetkey.ts";

let service: FakeValetkey;
beforeEach(async () => {
  service = await new FakeValetkey().start();
});
afterEach(() => service.stop());

const call = (timeoutMs = 5_000) => callService({ url: `${service.url}/x`, method: "GET", timeoutMs });

describe("a call to the service", () => {
  it("gives up after its time, and that is an outage", async () => {
    service.other = () => new Promise(() => {});
    const before = performance.now();
    const answer = await call(50);
    expect(answer).toBeUndefined();
    expect(isOutage(answer)).toBe(true);
    expect(performance.now() - before).toBeLessThan(2_000);
  });

  it.each([
    [200, false],
    [403, false],
    [429, false],
    [500, true],
    [503, true],
  ])("answered with %i is an outage: %s", async (status, expected) => {
    service.other = () => ({ status, body: {} });
    expect(isOutage(await call())).toBe(expected);
  });

  it.each([["nonsense"], ["null"], ["[]"], [""]])(
    "has an empty body where that is not a JSON object: %j",
    async (body) => {
      service.other = () => ({ status: 200, body });
      expect((await call())?.body).toEqual({});
    },
  );
});
