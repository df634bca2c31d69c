import * as v from "valibot";
import { ACCOUNT_ID, ACCOUNT_NAME, REGION } from "../../contract/names.ts";
import { maybe, said, whole } from "../../functions/connectors/schema-fields.ts";
import { isAccountId } from "../../functions/core/deployment/account-id.ts";
import { isRegion } from "../../functions/core/deployment/region.ts";
import { FENCE, FENCE_FORM } from "../../functions/core/policy/obligations.ts";
import { MOST_TASK_ROLES } from "../../functions/names.ts";

/** Text of 12 digits, where it is only compared or printed. */
export const accountText = v.pipe(v.string(), v.regex(ACCOUNT_ID, "an account id of 12 digits"));
export const accountId = v.pipe(accountText, v.guard(isAccountId));
/** Region of a partition whose ARNs are known here (`partitionOf`), and with a KMS that has the kind of key that signs the archive. */
export const region = v.pipe(
  v.string(),
  v.regex(REGION, "a Region such as eu-central-1, of the partition aws, aws-cn or aws-us-gov"),
  v.guard(isRegion),
);

/** Makes the schema of one resource's ARN, without a wildcard. The pattern checks partition, service and type; `exceptionFaults` checks the account. */
const arnOf = (pattern: string, example: string) =>
  v.pipe(
    v.string(),
    v.maxLength(512),
    v.regex(new RegExp(`^arn:aws(-cn|-us-gov)?:${pattern}$`), `an ARN without wildcards, such as ${example}`),
  );
const several = <const S extends v.GenericSchema>(entry: S, most = 20) =>
  v.pipe(v.array(entry), v.minLength(1), v.maxLength(most));

const exceptions = v.strictObject({
  passRoles: maybe(
    several(
      v.strictObject({
        role: said(
          arnOf("iam::\\d{12}:role/[\\w+=,.@/-]+", "arn:aws:iam::111122223333:role/app"),
          "A role that tasks may pass on. What it does, no revocation of a task reaches.",
        ),
        services: said(
          several(
            v.pipe(
              v.string(),
              v.regex(/^[a-z0-9.-]+\.amazonaws\.com(\.cn)?$/, "a service such as ecs-tasks.amazonaws.com"),
            ),
          ),
          "The services that it may be passed to (`iam:PassedToService`).",
        ),
      }),
    ),
    "Roles that tasks may pass on to services.",
  ),
  runTasks: maybe(
    v.strictObject({
      taskDefinitions: said(
        several(
          v.pipe(
            v.string(),
            v.regex(
              /^arn:aws(-cn|-us-gov)?:ecs:[a-z0-9-]+:\d{12}:task-definition\/[\w-]+:(\d+|\*)$/,
              "a task definition with its revision, or `*` for all, such as arn:aws:ecs:eu-central-1:111122223333:task-definition/app:*",
            ),
          ),
        ),
        "Task definitions that tasks may run, with commands of their own.",
      ),
      clusters: said(
        several(arnOf("ecs:[a-z0-9-]+:\\d{12}:cluster/[\\w-]+", "arn:aws:ecs:eu-central-1:111122223333:cluster/app")),
        "Clusters in which they may.",
      ),
    }),
    "ECS tasks that tasks may run.",
  ),
  updateFunctions: maybe(
    several(
      arnOf("lambda:[a-z0-9-]+:\\d{12}:function:[\\w-]+", "arn:aws:lambda:eu-central-1:111122223333:function:app"),
    ),
    "Lambda functions whose code tasks may replace. The code runs as the function's role.",
  ),
  sendCommands: maybe(
    v.strictObject({
      documents: said(
        several(
          arnOf(
            "ssm:[a-z0-9-]+:\\d{12}:document/[\\w.-]+",
            "arn:aws:ssm:eu-central-1:111122223333:document/restart-app",
          ),
        ),
        "Documents of the account's own: AWS's take commands as parameters.",
      ),
      targets: said(
        several(
          arnOf(
            "(ec2:[a-z0-9-]+:\\d{12}:instance/i-[0-9a-f]+|ssm:[a-z0-9-]+:\\d{12}:managed-instance/mi-[0-9a-f]+)",
            "arn:aws:ec2:eu-central-1:111122223333:instance/i-0a1b2c3d4e5f60718",
          ),
        ),
        "Machines that they may run on: each document on each.",
      ),
    }),
    "SSM documents that tasks may run on machines.",
  ),
  startAutomations: maybe(
    several(
      arnOf(
        "ssm:[a-z0-9-]+:\\d{12}:automation-definition/[\\w.-]+:\\d+",
        "arn:aws:ssm:eu-central-1:111122223333:automation-definition/failover:3",
      ),
    ),
    "Versions of SSM automations that tasks may start. A version's content cannot be changed.",
  ),
});

const fence = v.pipe(v.string(), v.regex(FENCE, FENCE_FORM));

/** Target account of `valetkey.json`. */
export const account = v.strictObject({
  id: said(accountId, "Id of a target account, in which tasks get their sessions."),
  name: maybe(
    v.pipe(
      v.string(),
      v.regex(
        ACCOUNT_NAME,
        "a name of 1 to 40 letters, digits, spaces, dots, hyphens and underscores, with a letter among them and no 12 digits in a row",
      ),
    ),
    "Name of the account, shown to people beside its 12 digits. It is a label: nothing is decided by it. docs/console.md.",
  ),
  region: said(region, "Region of the account's stack, which credentials name too."),
  regions: maybe(
    v.pipe(v.array(region), v.minLength(1), v.maxLength(40)),
    "Further Regions in which tasks act: in each a stack forwards what tasks call there to the ledger. The account's own Region, and the one in which global services report (us-east-1), always have one.",
  ),
  taskRoles: said(
    whole(1, MOST_TASK_ROLES),
    "Number of task roles over which new tasks are spread. About 400 tasks can be alive on each. When you lower it, set formerTaskRoles to the former number.",
  ),
  formerTaskRoles: maybe(
    whole(2, MOST_TASK_ROLES),
    "Former taskRoles, after you lowered it. Earlier tasks keep their roles, and their endings are revoked there. Remove this field 12.5 hours later, when no such task can live.",
  ),
  retired: maybe(
    v.literal(true),
    "Keeps the account for revocation alone: no sessions are issued there, and those that may still live are revoked. Before you remove it: valetkey accounts retire. docs/lifecycle.md.",
  ),
  personTag: maybe(
    v.literal(true),
    "Sessions that act for a person have the tag `valetkey:person`, and no other session has it. Set it once the account's stack is deployed: an older stack refuses every such session. docs/people.md.",
  ),
  production: maybe(
    v.literal(true),
    "Production: an agent gets nothing there until a person other than its owner has accepted its threat model. See threatModels, and docs/threat-models.md.",
  ),
  fence: maybe(
    fence,
    "Longest time for which a session works without a renewal, where policy says no less (`@fence`): what is left of a key where IAM cannot be written. From 60s to 15m, which is the default.",
  ),
  ceiling: maybe(
    v.pipe(
      v.array(v.pipe(v.string(), v.regex(/^[a-z0-9-]+:[A-Za-z0-9*]+$/, "an action such as s3:GetObject or s3:Get*"))),
      v.minLength(1),
    ),
    "Upper bound on every task in the account, whatever policy permits. The default is a list of actions that read and write data. Some actions are always denied.",
  ),
  dataEvents: maybe(
    v.array(v.pipe(v.string(), v.regex(/^[a-z0-9-]+$/, "a service such as s3"))),
    "Services whose data events a trail of the account selects. Without them, the ledger cannot show uses of such actions: docs/ledger.md.",
  ),
  exceptions: maybe(
    exceptions,
    "Named resources on which tasks may do what no task may do elsewhere. What they do there outlives them: docs/policies.md.",
  ),
});
