import * as v from "valibot";
import { connectedDetail } from "./connected.ts";
import { accountId, agentId } from "./fields.ts";
import { ARN_WILDCARDS, LIMITS, MOST_ACTIONS, MOST_RESOURCES, MOST_TOOLS } from "./limits.ts";
import { CONDITION_OPERATORS } from "./names.ts";
import type { Frozen } from "./operation.ts";

const list = <const Item extends v.GenericSchema>(item: Item, most: number) =>
  v.pipe(v.array(item), v.minLength(1), v.maxLength(most));

const arn = v.pipe(
  v.string(),
  v.maxLength(LIMITS.arnCharacters),
  v.regex(/^(?:\*|arn:[a-z0-9-]+:[a-z0-9-]+:[a-z0-9-]*:(?:\d{12})?:[!-#%->@-~]+)$/),
);

const conditionValue = v.pipe(v.string(), v.regex(/^[ -#%-~]{0,512}$/));
const conditionValues = list(conditionValue, 20);

const conditions = <const Values extends v.GenericSchema>(values: Values) =>
  v.pipe(
    v.record(
      v.pipe(v.string(), v.values(CONDITION_OPERATORS)),
      v.pipe(
        v.record(v.pipe(v.string(), v.regex(/^[A-Za-z0-9-]+:[A-Za-z0-9_.:/=@+-]{1,128}$/)), values),
        v.minEntries(1),
      ),
    ),
    v.minEntries(1),
    v.description(
      "An IAM condition block: operator, condition key, values. The block goes into the Allow, so it can only narrow. `aws:ResourceAccount`, `aws:RequestedRegion`, `aws:CurrentTime` and `aws:SourceIp` are valetkey's own. No `$`: IAM's policy variables are not offered.",
    ),
  );

const action = v.pipe(v.string(), v.maxLength(128), v.regex(/^[!-~]+$/));

const actions = v.pipe(
  list(action, MOST_ACTIONS),
  v.description(
    "IAM actions such as `s3:GetObject`. `*` is expanded from the catalogue, and each action decided by itself. Each must apply to one of the resources.",
  ),
);

const resources = v.pipe(
  list(arn, MOST_RESOURCES),
  v.description(
    `ARNs; \`*\` only after the fifth colon, at most ${ARN_WILDCARDS} in each. \`"*"\` by itself is for actions without a resource type, and for these alone.`,
  ),
);

const account = v.pipe(accountId, v.description("One of the deployment's target accounts."));

const actionsGranted = v.pipe(
  v.array(action),
  v.minLength(1),
  v.description("IAM actions. A requested pattern that is granted in part is spelled out, so there may be many."),
);

const awsDetail = <const Actions extends v.GenericSchema, const Values extends v.GenericSchema>(
  actions: Actions,
  values: Values,
) =>
  v.pipe(
    v.strictObject({
      type: v.literal("aws"),
      account,
      actions,
      resources,
      conditions: v.exactOptional(conditions(values)),
    }),
    v.description(
      "Calls to AWS: each of the actions on each of the resources that it fits. All details of an account share its credentials.",
    ),
  );

const requestedValues = v.union([conditionValue, conditionValues]);

/** Schema of a requested AWS detail, in which a condition's value may be a single string. */
export const requestedAwsDetail = awsDetail(actions, requestedValues);
/** Schema of a requested AWS detail with statements, each of which is granted as a detail of its own. */
export const requestedAwsStatements = v.pipe(
  v.strictObject({
    type: v.literal("aws"),
    account,
    statements: list(
      v.strictObject({ actions, resources, conditions: v.exactOptional(conditions(requestedValues)) }),
      LIMITS.statements,
    ),
  }),
  v.description(
    "Several statements on one account, each with its own actions, resources and conditions: read here, write there. Each is granted as a detail.",
  ),
);
/** Schema of a granted AWS detail. */
export const awsDetailGranted = awsDetail(actionsGranted, conditionValues);

export const toolDetail = v.pipe(
  v.strictObject({
    type: v.literal("tool"),
    server: v.pipe(agentId, v.description("The tool server's own registered id.")),
    tools: v.pipe(
      list(v.pipe(v.string(), v.maxLength(128), v.regex(/^[A-Za-z0-9_.:/-]+$/)), MOST_TOOLS),
      v.description("Names of tools; no wildcards."),
    ),
  }),
  v.description(
    "Tools of a server, an MCP server for example. Nothing is issued: the server introspects a presentation token.",
  ),
);

export const requestedDetails = v.pipe(
  list(v.union([requestedAwsDetail, requestedAwsStatements, toolDetail, connectedDetail]), LIMITS.details),
  v.description(
    `RFC 9396: the requested actions and resources. At most ${LIMITS.details} details, ${LIMITS.pairs} pairs of action and resource, and ${LIMITS.leases} AWS sessions in all. Granted as a whole or not at all.`,
  ),
);

export const detailsGranted = v.pipe(
  list(v.variant("type", [awsDetailGranted, toolDetail, connectedDetail]), LIMITS.pairs),
  v.description("RFC 9396: the granted actions and resources."),
);

/** Granted details, as answers have them. */
export type DetailsGranted = Frozen<v.InferOutput<typeof detailsGranted>>;

/**
 * Schema of requested `authorization_details`. Each connector has details of its own, so the document puts the schema `AuthorizationDetails` here, and a
 * handler parses the details by its deployment's connectors.
 */
export const detailsAsSent = v.array(v.unknown(), "a list, as an agent sends it.");
