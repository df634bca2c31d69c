import { EventBridgeClient } from "@aws-sdk/client-eventbridge";
import { bad, type Finding, ok } from "../finding.ts";
import { askJson } from "./ask-json.ts";
import { type AwsAccess, failed, settingsOf } from "./aws-access.ts";

const ROLE = "AWS::IAM::Role";

/**
 * Checks that AWS Config does not record each change of a role in an account and Region. The hub writes a role's revocation policy at endings of tasks, and
 * Config charges for each recorded change.
 */
export async function inspectRecorder(access: AwsAccess): Promise<Finding> {
  const check = `recorder ${access.account} ${access.region}`;
  const client = new EventBridgeClient(settingsOf(access));
  try {
    const [{ ConfigurationRecorders: recorders }, { ConfigurationRecordersStatus: statuses }] = await Promise.all([
      askJson(client, "config", "DescribeConfigurationRecorders", {}),
      askJson(client, "config", "DescribeConfigurationRecorderStatus", {}),
    ]);
    const on = new Set(listOf(statuses).flatMap(({ name, recording }) => (recording === true ? [name] : [])));
    const recording = listOf(recorders).find((recorder) => on.has(recorder.name) && recordsEachChange(recorder));
    if (!recording) return ok(check, "AWS Config records no change of a task role at once");
    return bad(
      check,
      `AWS Config records each change of ${ROLE}: an ending of a task can cost $0.003`,
      `leave ${ROLE} out of the recorder ${String(recording.name)} (recordingGroup.exclusionByResourceTypes), or record it daily (recordingMode); under Control Tower by its own customisation`,
    );
  } catch (error) {
    return failed(
      check,
      error,
      "allow config:DescribeConfigurationRecorders and config:DescribeConfigurationRecorderStatus",
    );
  }
}

/**
 * True for a recorder that records each change of a role when it happens.
 * Source: "RecordingGroup" and "RecordingMode", AWS Config API Reference. By exclusion, roles are recorded unless they are excluded.
 */
function recordsEachChange({ recordingGroup: group, recordingMode: mode }: Fields): boolean {
  const {
    allSupported,
    includeGlobalResourceTypes: areGlobal,
    resourceTypes,
    exclusionByResourceTypes,
  } = fieldsOf(group);
  const { useOnly } = fieldsOf(fieldsOf(group).recordingStrategy);
  const excluded = fieldsOf(exclusionByResourceTypes).resourceTypes;
  const isRecorded =
    useOnly === "EXCLUSION_BY_RESOURCE_TYPES"
      ? !named(excluded)
      : allSupported === true
        ? areGlobal === true
        : named(resourceTypes);
  const { recordingFrequency: usual, recordingModeOverrides: overrides } = fieldsOf(mode);
  const own = listOf(overrides).find(({ resourceTypes: types }) => named(types));
  return isRecorded && (own?.recordingFrequency ?? usual ?? "CONTINUOUS") === "CONTINUOUS";
}

type Fields = Readonly<Record<string, unknown>>;
const named = (types: unknown): boolean => Array.isArray(types) && types.includes(ROLE);
const listOf = (value: unknown): readonly Fields[] => (Array.isArray(value) ? value : []);
const fieldsOf = (value: unknown): Fields => (typeof value === "object" && value !== null ? (value as Fields) : {});
