import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { inspectRecorder } from "../../../client/doctor/aws/inspect-recorder.ts";
import { FakeStacks, FORWARDING } from "../../fakes/observed/stacks.ts";

const ACCESS = {
  account: "111122223333",
  region: "us-east-1",
  credentials: { accessKeyId: "AKIADOCTOR", secretAccessKey: "CANARY-secret", sessionToken: "CANARY-token" },
};

let fakes: FakeStacks;
beforeAll(async () => {
  fakes = await new FakeStacks().start();
});
afterAll(() => fakes.stop());
afterEach(() => vi.unstubAllEnvs());

async function found(settings: object | undefined, recording = true, denied: readonly string[] = []) {
  for (const [name, value] of Object.entries(fakes.env)) vi.stubEnv(name, value);
  fakes.forwarding = () => (settings === undefined ? FORWARDING : { ...FORWARDING, recorder: { recording, settings } });
  fakes.denied.clear();
  for (const action of denied) fakes.denied.add(action);
  return inspectRecorder(ACCESS);
}

const ALL = { recordingGroup: { allSupported: true, includeGlobalResourceTypes: true } };
const excluding = (...resourceTypes: readonly string[]) => ({
  recordingGroup: {
    ...{ allSupported: false, exclusionByResourceTypes: { resourceTypes } },
    recordingStrategy: { useOnly: "EXCLUSION_BY_RESOURCE_TYPES" },
  },
});
const daily = (resourceTypes: readonly string[]) => ({
  ...ALL,
  recordingMode: {
    recordingFrequency: "CONTINUOUS",
    recordingModeOverrides: [{ resourceTypes, recordingFrequency: "DAILY" }],
  },
});

describe("valetkey doctor's report on AWS Config", () => {
  it.each([
    ["records all types, global ones too", ALL, "bad"],
    ["records all types of the Region alone", { recordingGroup: { allSupported: true } }, "ok"],
    ["records some types, roles among them", { recordingGroup: { resourceTypes: ["AWS::IAM::Role"] } }, "bad"],
    ["records other types", { recordingGroup: { resourceTypes: ["AWS::S3::Bucket"] } }, "ok"],
    ["leaves other types out", excluding("AWS::S3::Bucket"), "bad"],
    ["leaves roles out", excluding("AWS::IAM::Role"), "ok"],
    ["records roles once a day", daily(["AWS::IAM::Role"]), "ok"],
    ["records another type once a day", daily(["AWS::S3::Bucket"]), "bad"],
    ["records everything once a day", { ...ALL, recordingMode: { recordingFrequency: "DAILY" } }, "ok"],
  ])("judges a recorder that %s", async (_, settings, state) => {
    const finding = await found(settings);
    expect(finding).toMatchObject({ check: "recorder 111122223333 us-east-1", state });
    if (state === "bad") expect(finding.mend).toContain("exclusionByResourceTypes");
  });

  it("accepts a recorder that is off, and an account without one", async () => {
    expect((await found(ALL, false)).state).toBe("ok");
    expect((await found(undefined)).state).toBe("ok");
  });

  it("skips what it has no rights for, and names the rights", async () => {
    expect(await found(ALL, true, ["DescribeConfigurationRecorders"])).toMatchObject({
      state: "skipped",
      mend: expect.stringContaining("config:DescribeConfigurationRecorders"),
    });
  });
});
