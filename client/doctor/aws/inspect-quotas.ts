import { GetAccountSummaryCommand, IAMClient } from "@aws-sdk/client-iam";
import { GetAccountSettingsCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { bad, type Finding, ok, unknown } from "../finding.ts";
import type { StackTemplate } from "../synthesise.ts";
import { type AwsAccess, failed, settingsOf } from "./aws-access.ts";

/** Concurrency that cannot be reserved. Source: "Configuring reserved concurrency", AWS Lambda Developer Guide. */
const KEPT_FREE = 100;

/** Checks that the hub account's concurrency suffices for the functions that revoke, even when the others are flooded. */
export async function inspectConcurrency(
  access: AwsAccess,
  templateOf: () => Promise<StackTemplate | undefined>,
): Promise<Finding> {
  const check = "quota lambda";
  try {
    const { AccountLimit: limit } = await new LambdaClient(settingsOf(access)).send(new GetAccountSettingsCommand({}));
    const most = limit?.ConcurrentExecutions;
    if (most === undefined) return unknown(check, "Lambda does not report it");
    const template = await templateOf();
    if (!template)
      return unknown(check, `${most} at once`, "how many it takes is in the template, which cannot be built");
    const aside = setAside(template);
    const found = `${most} at once, of which ${aside} are set aside`;
    return most >= aside + KEPT_FREE
      ? ok(check, found)
      : bad(
          check,
          `${found}, and Lambda keeps ${KEPT_FREE} free`,
          `aws service-quotas request-service-quota-increase --service-code lambda --quota-code L-B99A9384 --desired-value 1000 --region ${access.region}`,
        );
  } catch (error) {
    return failed(check, error, "allow lambda:GetAccountSettings");
  }
}

const setAside = ({ Resources: resources }: StackTemplate): number =>
  Object.values(resources)
    .map(({ Properties: properties = {} }) => Number(properties.ReservedConcurrentExecutions ?? 0))
    .reduce((sum, each) => sum + each, 0);

/** Checks how many more roles the account may have. */
export async function inspectRoleQuota(access: AwsAccess): Promise<Finding> {
  const check = `quota iam ${access.account}`;
  try {
    const { SummaryMap: summary = {} } = await new IAMClient(settingsOf(access)).send(new GetAccountSummaryCommand({}));
    const { Roles: roles, RolesQuota: most } = summary;
    if (roles === undefined || most === undefined) return unknown(check, "IAM does not report it");
    const found = `${roles} of ${most} roles`;
    return roles < most
      ? ok(check, found)
      : bad(
          check,
          found,
          "no role can be made there: delete some, or ask AWS for more (Service Quotas, IAM, L-FE177D64)",
        );
  } catch (error) {
    return failed(check, error, "allow iam:GetAccountSummary");
  }
}
