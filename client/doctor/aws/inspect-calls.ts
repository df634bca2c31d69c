import {
  DescribeRuleCommand,
  EventBridgeClient,
  ListTargetsByRuleCommand,
  ResourceNotFoundException,
} from "@aws-sdk/client-eventbridge";
import type { Prefixed } from "../../../functions/hub-names.ts";
import { forwardingRule } from "../../../infra/bus-rights.ts";
import { bad, type Finding, ok } from "../finding.ts";
import { askJson } from "./ask-json.ts";
import { type AwsAccess, failed, settingsOf } from "./aws-access.ts";

/** Forwarding of a Region's calls, as it should be. */
export interface CallsOf {
  /** ARN of the hub's bus. */
  readonly bus: string;
  /** Stack with the rule. */
  readonly stack: string;
  readonly hub: Prefixed;
}

/** Checks that the hub gets the calls of tasks in an account and Region: a trail logs, and the rule forwards. */
export async function inspectCalls(access: AwsAccess, { bus, stack, hub }: CallsOf): Promise<readonly Finding[]> {
  const place = `${access.account} ${access.region}`;
  const client = new EventBridgeClient(settingsOf(access));
  return [
    await inspectRule(`rule ${place}`, client, { bus, stack, hub }),
    await inspectTrails(`trail ${place}`, client),
  ];
}

async function inspectRule(check: string, client: EventBridgeClient, { bus, stack, hub }: CallsOf): Promise<Finding> {
  const deploy = `npx cdk deploy ${stack}`;
  const { name, state } = forwardingRule(hub);
  try {
    const [rule, { Targets: targets = [] }] = await Promise.all([
      client.send(new DescribeRuleCommand({ Name: name })),
      client.send(new ListTargetsByRuleCommand({ Rule: name })),
    ]);
    const faults = [
      ...(rule.State === state ? [] : [`is ${rule.State}`]),
      ...(targets.some(({ Arn: arn }) => arn === bus) ? [] : ["does not forward to the hub's bus"]),
    ];
    if (faults.length === 0) return ok(check, `${name} forwards what tasks call there`);
    const mend = `somebody has changed it, CloudTrail says who: npx cdk deploy --revert-drift ${stack}`;
    return bad(check, `${name} ${faults.join(" and ")}: the ledger misses what tasks call there`, mend);
  } catch (error) {
    if (error instanceof ResourceNotFoundException)
      return bad(check, `${name} is not there: the ledger misses what tasks call there`, deploy);
    return failed(check, error, "allow events:DescribeRule and events:ListTargetsByRule");
  }
}

async function inspectTrails(check: string, client: EventBridgeClient): Promise<Finding> {
  try {
    // Shadow trails belong to another Region or to the organization, and log here too.
    const { trailList } = await askJson(client, "cloudtrail", "DescribeTrails", { includeShadowTrails: true });
    const names = listOf(trailList).map((trail) => String(trail.TrailARN));
    for (const Name of names) {
      const { IsLogging: isLogging } = await askJson(client, "cloudtrail", "GetTrailStatus", { Name });
      if (
        isLogging === true &&
        logsManagement(await askJson(client, "cloudtrail", "GetEventSelectors", { TrailName: Name }))
      )
        return ok(check, `${Name} logs reads and writes`);
    }
    const found = names.length === 0 ? "there is none" : `none of ${names.length} logs reads and writes`;
    return bad(
      check,
      `${found}: EventBridge gets no event of CloudTrail's there`,
      "aws cloudtrail create-trail --name management --s3-bucket-name <bucket> --is-multi-region-trail, and aws cloudtrail start-logging --name management",
    );
  } catch (error) {
    return failed(
      check,
      error,
      "allow cloudtrail:DescribeTrails, cloudtrail:GetTrailStatus and cloudtrail:GetEventSelectors",
    );
  }
}

type Fields = Readonly<Record<string, unknown>>;

/** Returns true where a trail's selectors, of either form, take all management events. */
function logsManagement({ EventSelectors: basic, AdvancedEventSelectors: advanced }: Fields): boolean {
  const isAll = listOf(basic).some(
    ({ IncludeManagementEvents: isIncluded, ReadWriteType: type }) => isIncluded === true && type === "All",
  );
  const isAdvanced = listOf(advanced).some(({ FieldSelectors: fields }) => {
    const selected = listOf(fields);
    const category = selected.find(({ Field: field }) => field === "eventCategory");
    // A selector with a further field leaves some events out: `readOnly`, or `eventSource` with NotEquals.
    return selected.length === 1 && Array.isArray(category?.Equals) && category.Equals.includes("Management");
  });
  return isAll || isAdvanced;
}

const listOf = (value: unknown): readonly Fields[] => (Array.isArray(value) ? value : []);
