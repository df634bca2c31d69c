import { describe, expect, it } from "vitest";
import { fitting } from "../../../../functions/core/catalogue/fitting.ts";
import { actionOf, arnOf } from "./load-catalogue.ts";

const HERE = "eu-west-1:111122223333";

describe("the resource types that an ARN could be", () => {
  it.each([
    ["s3:GetObject", "arn:aws:s3:::acme/reports/2026.csv", ["object"]],
    ["s3:GetObject", "arn:aws:s3:::acme/*", ["object"]],
    ["s3:GetObject", "arn:aws:s3:::acme*", ["object"]],
    ["s3:GetObject", "arn:aws:s3:::acme", []],
    ["s3:GetObject", "arn:aws:s3:::acme/", []],
    ["s3:ListBucket", "arn:aws:s3:::acme", ["bucket"]],
    ["s3:ListBucket", "arn:aws:s3:::acme*", ["bucket"]],
    ["s3:ListBucket", "arn:aws:s3:::acme/*", []],
    ["s3:ListBucket", `arn:aws:s3:${HERE}:accesspoint/reports`, ["accesspoint"]],
    ["s3:ListBucket", `arn:aws:s3:${HERE}:accesspoint/reports/object/a`, []],
    ["s3:GetObject", `arn:aws:s3:${HERE}:accesspoint/reports/object/a/b`, ["accesspointobject"]],
    ["s3:GetObject", `arn:aws:s3:${HERE}:*`, ["accesspointobject"]],
    ["s3:GetObject", "arn:aws:s3:eu-west-1::acme/a", []],
    ["s3:GetObject", `arn:aws:dynamodb:${HERE}:acme/a`, []],
    ["dynamodb:GetItem", `arn:aws:dynamodb:${HERE}:table/orders`, ["table"]],
    ["dynamodb:GetItem", `arn:aws:dynamodb:${HERE}:table/orders/index/by-day`, []],
    ["dynamodb:GetItem", "arn:aws:dynamodb::111122223333:table/orders", []],
    ["dynamodb:Query", `arn:aws:dynamodb:${HERE}:table/orders/index/by-day`, ["index"]],
    ["dynamodb:Query", `arn:aws:dynamodb:${HERE}:table/orders*`, ["index", "table"]],
    ["dynamodb:Query", `arn:aws:dynamodb:${HERE}:table/orders/*`, ["index"]],
    [
      "logs:GetLogEvents",
      `arn:aws:logs:${HERE}:log-group:/aws/lambda/x:log-stream:2026/09/[$]1`.replace("$", ""),
      ["log-stream"],
    ],
    ["logs:GetLogEvents", `arn:aws:logs:${HERE}:log-group:/aws/lambda/x:*`, ["log-stream"]],
    ["logs:GetLogEvents", `arn:aws:logs:${HERE}:log-group:/aws/lambda/x`, []],
    ["logs:FilterLogEvents", `arn:aws:logs:${HERE}:log-group:/aws/lambda/x:*`, ["log-group"]],
    ["lambda:InvokeFunction", `arn:aws:lambda:${HERE}:function:orders:live`, ["function"]],
    ["ssm:GetParameter", `arn:aws:ssm:${HERE}:parameter/prod/db/url`, ["parameter"]],
    ["secretsmanager:GetSecretValue", `arn:aws:secretsmanager:${HERE}:secret:prod/db-AbCdEf`, ["Secret"]],
    ["kms:Decrypt", `arn:aws:kms:${HERE}:key/0a1b`, ["key"]],
    ["kms:Decrypt", `arn:aws:kms:${HERE}:alias/orders`, []],
    ["sqs:SendMessage", `arn:aws:sqs:${HERE}:orders`, ["queue"]],
    ["sns:Publish", `arn:aws:sns:${HERE}:orders`, ["topic"]],
    ["states:StartExecution", `arn:aws:states:${HERE}:stateMachine:orders`, ["statemachine"]],
    ["iam:PassRole", "arn:aws:iam::111122223333:role/service/orders", ["role"]],
    ["sts:AssumeRole", "arn:aws:iam::111122223333:role/service/orders", ["role"]],
    ["sts:AssumeRole", "arn:aws:sts::111122223333:role/service/orders", []],
    ["ec2:StartInstances", `arn:aws:ec2:${HERE}:instance/i-1`, ["instance"]],
    ["ec2:StartInstances", `arn:aws:ec2:${HERE}:i*nce/i-1`, []],
    ["ec2:StartInstances", `arn:aws:ec2:${HERE}:*/i-1`, []],
    ["ec2:StartInstances", `arn:aws:ec2:${HERE}:instance/*/x`, ["instance"]],
    ["ec2:StartInstances", `arn:aws:ec2:${HERE}:*`, ["instance"]],
    ["logs:GetLogEvents", `arn:aws:logs:${HERE}:log-g*:x:log-stream:y`, []],
    ["sqs:SendMessage", `arn:aws:sqs:${HERE}:*s`, ["queue"]],
    ["execute-api:Invoke", `arn:aws:execute-api:${HERE}:*/prod/GET/orders`, ["execute-api-general"]],
    ["ec2:StartInstances", `arn:aws:license-manager:${HERE}:license-configuration:lic-1`, ["license-configuration"]],
    ["ec2:RunInstances", "arn:aws:ec2:eu-west-1::image/ami-1", ["image"]],
    ["execute-api:Invoke", `arn:aws:execute-api:${HERE}:a1b2/prod/GET/orders/1`, ["execute-api-general"]],
    ["apigateway:GET", "arn:aws:apigateway:eu-west-1::/restapis/a1/stages/prod", ["Stage"]],
    ["cassandra:Select", `arn:aws:cassandra:${HERE}:/keyspace/a/table/b`, ["table"]],
    ["dms:DescribeTableStatistics", `arn:aws:dms:${HERE}:task:abc`, ["ReplicationTask"]],
    ["health:DescribeEventDetails", "arn:aws:health:eu-west-1::event/ec2/code/id", ["event"]],
    ["s3:ListAllMyBuckets", "arn:aws:s3:::acme", []],
  ])("of %s on %s are %j", (action, arn, expected) => {
    expect(fitting(actionOf(action), arnOf(arn)).map(({ name }) => name)).toEqual(expected);
  });
});
