import { accountId } from "../../../functions/core/deployment/account-id.ts";
/** Target account in the policies. */
export const ACCOUNT = accountId("111122223333");

/** Policies of one team for its own part of the account, as in a company of twenty teams. */
const TEAM_POLICIES: readonly ((team: string) => string)[] = [
  (team) => permit(team, ["s3:GetObject"], `like "arn:aws:s3:::acme-data/${team}/*"`),
  (team) => permit(team, ["s3:ListBucket"], '== "arn:aws:s3:::acme-data"'),
  (team) => permit(team, ["s3:PutObject", "s3:DeleteObject"], `like "arn:aws:s3:::acme-data/${team}/out/*"`),
  (team) => permit(team, ["dynamodb:GetItem", "dynamodb:Query"], `like "arn:aws:dynamodb:us-east-1:*:table/${team}-*"`),
  (team) => permit(team, ["dynamodb:PutItem"], `like "arn:aws:dynamodb:us-east-1:*:table/${team}-drafts*"`),
  (team) => permit(team, ["sqs:SendMessage", "sqs:ReceiveMessage"], `like "arn:aws:sqs:us-east-1:*:${team}-*"`),
  (team) =>
    permit(team, ["secretsmanager:GetSecretValue"], `like "arn:aws:secretsmanager:us-east-1:*:secret:${team}/*"`),
  (team) => permit(team, ["logs:GetLogEvents"], `like "arn:aws:logs:us-east-1:*:log-group:/${team}/*"`),
  (team) => permit(team, ["lambda:InvokeFunction"], `like "arn:aws:lambda:us-east-1:*:function:${team}-*"`),
];

/** Forbids for all teams, which apply to every question of their kind. */
const FORBIDS: readonly string[] = [
  forbid('action in Action::"s3:Read"', 'resource.arn like "arn:aws:s3:::acme-data/*/pii/*"'),
  forbid('action in Action::"aws:Read"', 'resource.arn like "arn:aws:s3:::acme-payroll*"'),
  forbid('action in Action::"aws:Write"', "context.ttl > 3600"),
  forbid('action in Action::"aws:Write"', 'principal.hasTag("ref") && principal.getTag("ref") like "refs/pull/*"'),
  forbid("action", 'resource.account == "999988887777"'),
];

/** Makes two hundred policies: nine for each of twenty-one teams, and eleven more, of which five forbid. */
export function twoHundredPolicies(): readonly string[] {
  const teams = Array.from({ length: 21 }, (_, index) => `team-${index}`);
  const own = teams.flatMap((team) => TEAM_POLICIES.map((write) => write(team)));
  const platform = Array.from({ length: 200 - own.length - FORBIDS.length }, (_, index) =>
    permit(
      "platform",
      ["ec2:StartInstances", "ec2:StopInstances"],
      `like "arn:aws:ec2:us-east-1:*:instance/i-${index}*"`,
    ),
  );
  return [...own, ...platform, ...FORBIDS];
}

function permit(team: string, actions: readonly string[], arn: string): string {
  const names = actions.map((name) => `Action::"${name}"`).join(", ");
  return `permit (principal in Team::"${team}", action in [${names}], resource is AWS::Resource) when { resource.account == "${ACCOUNT}" && resource.arn ${arn} };`;
}

function forbid(action: string, when: string): string {
  return `forbid (principal is Agent, ${action}, resource is AWS::Resource) when { ${when} };`;
}
