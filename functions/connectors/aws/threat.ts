import { FENCE_SECONDS } from "../../../contract/limits.ts";
import type { ConnectorThreat } from "../connector-definition.ts";

/** Facts about AWS sessions for threat models (docs/threats/). */
export const AWS_THREAT: ConnectorThreat = {
  credential: "AWS session",
  thief:
    "Calls AWS with what this task was granted, from any address unless the permit has @bindIp. It cannot be renewed without the task token.",
  endsWithTask: true,
  longest: FENCE_SECONDS,
  revoked: "IAM denies the session by its name within seconds of the task's end.",
  outlives:
    "Its fence, in its own session policy, ends it 15 minutes after its issue at the latest, whatever else fails. STS ends it within the hour.",
  others:
    "Nobody but the task: a session is never shared. The exchange alone may assume a task role, and an administrator of the target account may change that.",
  residual: [
    "A resource policy that names a session by its ARN lets it do what it was not granted; the ARN holds a random id that nobody knows before.",
    "What an action made that outlives the task (@outlives) stays.",
    "CloudTrail tells of calls minutes later, and of data events only where a trail selects them.",
  ],
};
