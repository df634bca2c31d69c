import { randomUUID } from "node:crypto";
import { defined } from "../functions/core/defined.ts";
import { isTaskRole, type Prefixed } from "../functions/hub-names.ts";
import { CALL_EVENT } from "../infra/bus-rights.ts";
import type { ApiCall } from "./emulator/api-call.ts";

/** True for a call by a session of a task role. */
export const isByTask = ({ principalArn }: ApiCall, hub: Prefixed): boolean =>
  isTaskRole(principalArn.split("/")[1] ?? "", hub);

/**
 * Makes CloudTrail's event of a call, as EventBridge delivers it. Unlike in AWS, a call with several needs has one
 * event for each need.
 */
export function trailEvent(call: ApiCall, region: string): object {
  const [, , , , account = "", name = ""] = call.principalArn.split(":");
  const time = new Date(call.at).toISOString().replace(/\.\d+Z$/, "Z");
  return {
    version: "0",
    id: randomUUID(),
    "detail-type": CALL_EVENT,
    source: `aws.${call.service}`,
    account,
    time,
    region,
    resources: [],
    detail: {
      eventVersion: "1.11",
      eventID: randomUUID(),
      eventTime: time,
      eventSource: `${call.service}.amazonaws.com`,
      eventName: call.operation,
      awsRegion: region,
      sourceIPAddress: "127.0.0.1",
      userIdentity: {
        type: "AssumedRole",
        arn: call.principalArn,
        accountId: account,
        accessKeyId: call.accessKeyId,
        sessionContext: {
          sessionIssuer: { type: "Role", userName: name.split("/")[1] },
          ...defined({ sourceIdentity: call.sourceIdentity }),
        },
      },
      ...(call.copyKeyId === undefined ? {} : { responseElements: { credentials: { accessKeyId: call.copyKeyId } } }),
      ...(call.decision === "Denied" ? { errorCode: "AccessDenied" } : {}),
      ...(call.resource === "*" ? {} : { resources: [{ ARN: call.resource }] }),
    },
  };
}
