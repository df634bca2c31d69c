import { NOTHING_HOLDS } from "../../../functions/core/conditions/holding.ts";
import type { AwsDetail } from "../../../functions/core/intent/detail.ts";
import type { TaskRequest } from "../../../functions/core/tasks/task-request.ts";
import type { Grants, ParentScope } from "../../../functions/steps/tasks/grants.ts";
import { asPermitted, onObjects } from "../../unit/core/policy/pairs.ts";
import { ACCOUNT } from "../world/world.ts";
import { spelled } from "./spelled.ts";

/** Detail of one action on one object. */
export const ONE_OBJECT: AwsDetail = {
  type: "aws",
  account: ACCOUNT,
  actions: spelled("s3:GetObject"),
  resources: ["arn:aws:s3:::acme-data/a"],
};

const PERMITTED = asPermitted(onObjects("arn:aws:s3:::acme-data/a"));

/** Request for a task with that detail. */
export const REQUESTED: TaskRequest = {
  ...{ details: [ONE_OBJECT], mode: "all", purpose: "a part", ttlSeconds: 900 },
  ...{ requestHash: "h", sourceIp: "203.0.113.7", requestId: "r" },
};

/** Makes grants of policy for that detail, as `authoriseIntent` would return them. */
export const granted = (parentScope?: ParentScope): Grants =>
  ({
    details: [ONE_OBJECT],
    written: [ONE_OBJECT],
    aws: [{ detail: ONE_OBJECT, index: 0, permitted: [PERMITTED] }],
    connected: [],
    terms: { obligations: PERMITTED.obligations },
    policies: [],
    shadows: [],
    outlives: [],
    labels: [],
    denials: [],
    bound: [],
    requester: {
      ...{ agent: { id: "a", owner: "o", team: "t" }, claims: {}, purpose: "p", ttlSeconds: 900, atMs: 0 },
      conditions: NOTHING_HOLDS,
    },
    ...(parentScope ? { parentScope } : {}),
  }) as unknown as Grants;
