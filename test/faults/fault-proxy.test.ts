import { GetRolePolicyCommand, IAMClient, PutRolePolicyCommand } from "@aws-sdk/client-iam";
import { GetObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { allow, BUCKET, policy, REVOKER_ROLE, type Stage, setStage, TASK_ROLE } from "../unit/emulator/stage.ts";
import { type FaultProxy, startFaultProxy } from "./fault-proxy.ts";

let stage: Stage;
let proxy: FaultProxy;
let iam: IAMClient;
beforeAll(async () => {
  stage = await setStage();
});
beforeEach(async () => {
  proxy = await startFaultProxy(stage.aws.endpoint);
  const keys = stage.aws.keysFor(REVOKER_ROLE, "revoker");
  iam = new IAMClient({ ...stage.config(keys), endpoint: proxy.endpoint, maxAttempts: 1 });
});
afterEach(() => proxy.close());
afterAll(() => stage.close());

const put = { service: "iam", operation: "PutRolePolicy" };
const text = (sid: string): string => JSON.stringify(policy({ ...allow("s3:GetObject"), Sid: sid }));
const write = (sid: string) =>
  iam.send(new PutRolePolicyCommand({ RoleName: "task", PolicyName: "p", PolicyDocument: text(sid) }));
const policyInForce = (): string | undefined => stage.aws.rolePolicies(TASK_ROLE).inline.p;
const arrivals = () => stage.calls.filter(({ action }) => action === "iam:PutRolePolicy").length;

describe("the fault proxy", () => {
  it("passes signed requests on so that AWS verifies them, of a query protocol and of S3's own", async () => {
    await write("passed");
    expect(policyInForce()).toBe(text("passed"));
    const s3 = new S3Client({ ...stage.config(await stage.vend()), endpoint: proxy.endpoint, forcePathStyle: true });
    const object = await s3.send(new GetObjectCommand({ Bucket: BUCKET, Key: "reports/a.txt" }));
    expect(await object.Body?.transformToString()).toBe("a report");
    expect(proxy.calls.map(({ service, operation }) => `${service} ${operation}`)).toEqual([
      "iam PutRolePolicy",
      expect.stringContaining("s3 GET /acme-data/reports/a.txt"),
    ]);
  });

  it("cuts a call before its arrival, or its answer after its effect", async () => {
    const before = proxy.order({ ...put, times: 1 }, { is: "cut before" });
    await expect(write("before")).rejects.toThrow();
    expect([before.met, policyInForce()]).not.toContain(text("before"));
    proxy.order({ ...put, times: 1 }, { is: "cut after" });
    await expect(write("after")).rejects.toThrow();
    expect([before.met, policyInForce()]).toEqual([1, text("after")]);
  });

  it("delivers a call late whose caller was cut off long before", async () => {
    const { promise: delivery, resolve: deliver } = Promise.withResolvers<void>();
    proxy.order({ ...put, times: 1 }, { is: "late", once: () => delivery });
    await expect(write("late")).rejects.toThrow();
    await write("sooner");
    expect(policyInForce()).toBe(text("sooner"));
    deliver();
    await proxy.arrived();
    expect(policyInForce()).toBe(text("late"));
  });

  it("doubles, delays and answers in place of AWS the chosen calls and no others", async () => {
    const began = arrivals();
    proxy.order({ ...put, times: 1 }, { is: "doubled" });
    proxy.order({ ...put, after: 1, times: 1 }, { is: "answered", status: 503 });
    proxy.order({ ...put, where: ({ body }) => body.includes("slow") }, { is: "delayed", ms: 40 });
    await write("doubled");
    expect(arrivals() - began).toBe(2);
    await write("passed");
    await expect(write("refused")).rejects.toMatchObject({ $metadata: { httpStatusCode: 503 } });
    const from = performance.now();
    await write("slow");
    expect(performance.now() - from).toBeGreaterThan(38);
    expect(policyInForce()).toBe(text("slow"));
  });

  it("stays silent until its caller gives up, and forgets all orders once it is mended", async () => {
    proxy.order({ operation: "GetRolePolicy" }, { is: "silent" });
    const read = new GetRolePolicyCommand({ RoleName: "task", PolicyName: "p" });
    await expect(iam.send(read, { abortSignal: AbortSignal.timeout(50) })).rejects.toThrow();
    proxy.mend();
    expect((await iam.send(read)).PolicyName).toBe("p");
  });
});
