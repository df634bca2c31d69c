import { join } from "node:path";
import { expect, it } from "vitest";
import { casesIn } from "../../client/policy/cases/read-cases.ts";
import { agentId } from "../../contract/agent-id.ts";
import { accountId } from "../../functions/core/deployment/account-id.ts";
import { decidingBundle } from "../../functions/policy/bundle.ts";
import { type Answer, answerTo } from "../../functions/policy/decide/answer.ts";
import { ANY_PURPOSE, NOON_MS } from "../../functions/policy/decide/request.ts";
import { POLICIES, policyFolder } from "../unit/policy-tools/run-policy.ts";
import { read } from "./pages.ts";

const ACCOUNT = accountId("111122223333");
const arn = (service: string, resource: string) => `arn:aws:${service}:eu-west-1:${ACCOUNT}:${resource}`;
const numbered = (count: number, name: (n: number) => string) => Array.from({ length: count }, (_, n) => name(n + 1));
const on = (actions: string, ...resources: readonly string[]) => ({ actions: actions.split(" "), resources });

const EVERY_DESCRIPTION = "every description of EC2 (`ec2:Describe*`), under the default ceiling";

const READ = "glue:GetTable glue:GetPartitions";
const PUSH =
  "ecr:BatchCheckLayerAvailability ecr:InitiateLayerUpload ecr:UploadLayerPart ecr:CompleteLayerUpload ecr:BatchGetImage ecr:DescribeImages";
const TABLE = "dynamodb:GetItem dynamodb:Query dynamodb:PutItem dynamodb:UpdateItem";

/** Intents under a policy that permits everything in the account which does not mint. */
const PLAIN: Readonly<Record<string, readonly ReturnType<typeof on>[]>> = {
  "a report: read one prefix": [on("s3:GetObject", "arn:aws:s3:::acme-data/reports/*")],
  "a report: list and read": [
    on("s3:ListBucket", "arn:aws:s3:::acme-data"),
    on("s3:GetObject", "arn:aws:s3:::acme-data/reports/*"),
  ],
  "lake to results: read one, write the other": [
    on("s3:GetObject", "arn:aws:s3:::acme-lake/sales/*"),
    on("s3:PutObject", "arn:aws:s3:::acme-results/*"),
  ],
  "three named tables with Athena": [
    on("athena:StartQueryExecution athena:GetQueryExecution athena:GetQueryResults", arn("athena", "workgroup/agents")),
    on(
      READ,
      arn("glue", "catalog"),
      arn("glue", "database/sales"),
      ...numbered(3, (n) => arn("glue", `table/sales/t${n}`)),
    ),
    on("s3:GetObject", ...numbered(3, (n) => `arn:aws:s3:::acme-lake/sales/t${n}/*`)),
  ],
  "push to 9 ECR repositories, 6 actions": [
    on(PUSH, ...numbered(9, (n) => arn("ecr", `repository/shop/service-${n}`))),
  ],
  "update an ECS service": [on("ecs:UpdateService ecs:DescribeServices", arn("ecs", "service/production/shop"))],
  "a DynamoDB table and its indexes": [
    on(TABLE, arn("dynamodb", "table/orders"), arn("dynamodb", "table/orders/index/*")),
  ],
  "ten DynamoDB tables": [
    on("dynamodb:GetItem dynamodb:Query", ...numbered(10, (n) => arn("dynamodb", `table/orders-${n}`))),
  ],
  "drain a queue": [on("sqs:ReceiveMessage sqs:DeleteMessage sqs:GetQueueAttributes", arn("sqs", "jobs"))],
  "the logs of an application": [on("logs:FilterLogEvents logs:StartQuery", arn("logs", "log-group:/app/*"))],
  "logs, metrics and services, by pattern": [
    on("logs:Get*", arn("logs", "log-group:/app/*")),
    on("ecs:Describe*", arn("ecs", "service/production/*")),
  ],
  "five descriptions of EC2": [
    on(
      "ec2:DescribeInstances ec2:DescribeSubnets ec2:DescribeVpcs ec2:DescribeSecurityGroups ec2:DescribeVolumes",
      "*",
    ),
  ],
};

async function sizeOf(answer: Promise<Answer>): Promise<readonly [sessions: string, characters: string]> {
  const given = await answer;
  if (given.answer === "denied") return ["refused", given.code];
  return [String(given.sessions.length), given.sessions.map(({ characters }) => characters).join(" + ")];
}

it("docs/compiler.md gives the true sizes of real intents", async () => {
  const permit = `@id("all") permit (principal, action, resource) when { resource has account && resource.account == "${ACCOUNT}" };`;
  const plain = decidingBundle(policyFolder({ "a.cedar": permit }));
  const request = {
    agent: { id: agentId("any"), team: "t", owner: "o", claims: {} },
    purpose: ANY_PURPOSE,
    ttlSeconds: 900,
    atMs: NOON_MS,
  };
  const rows: (readonly string[])[] = [];
  for (const [title, statements] of Object.entries(PLAIN)) {
    const intent = [{ type: "aws", account: ACCOUNT, statements }];
    rows.push([title, ...(await sizeOf(answerTo({ ...request, title, intent, mode: "all" }, plain)))]);
  }
  const own = { ...plain, accounts: [{ id: ACCOUNT }] };
  const every = [{ type: "aws", account: ACCOUNT, statements: [on("ec2:Describe*", "*")] }];
  rows.push([
    EVERY_DESCRIPTION,
    ...(await sizeOf(answerTo({ ...request, title: EVERY_DESCRIPTION, intent: every, mode: "all" }, own))),
  ]);
  for (const example of ["data-analysis-agent", "ci-deployer", "incident-response-agent"]) {
    const folder = join(POLICIES, "examples", example);
    const story = casesIn(folder).find(({ title }) => title.endsWith("in one session"));
    if (!story) throw new Error(`${example} has no story`);
    rows.push([`the example \`${example}\``, ...(await sizeOf(answerTo(story, decidingBundle(folder))))]);
  }
  expect(rows).toHaveLength(16);
  const [, table = ""] =
    /\| intent \| sessions \| characters \|\n\|[-|]+\n((?:\|.*\n)+)/.exec(read("docs/compiler.md")) ?? [];
  expect(table.trim().split("\n")).toEqual(rows.map((row) => `| ${row.join(" | ")} |`));
});
