import { CfnOutput, RemovalPolicy, Validations } from "aws-cdk-lib";
import { CfnStage, HttpApi } from "aws-cdk-lib/aws-apigatewayv2";
import { HttpLambdaIntegration } from "aws-cdk-lib/aws-apigatewayv2-integrations";
import type { IFunction } from "aws-cdk-lib/aws-lambda";
import { LogGroup, LogGroupClass, RetentionDays } from "aws-cdk-lib/aws-logs";
import { Construct } from "constructs";
import { nameIn, type Prefixed } from "../../../functions/hub-names.ts";
import { ACCESS_LOG } from "./front-door.ts";

/** Limit of the console, applied before its function runs. */
const REQUESTS_PER_SECOND = 100;
const BURST = 200;

/**
 * HTTP API of the console, with an origin of its own, and with the function `console` alone. At the API's origin, every function behind the API could answer with
 * a page that acts as the console.
 */
export class ConsoleDoor extends Construct {
  constructor(scope: Construct, id: string, hub: Prefixed, page: IFunction) {
    super(scope, id);
    const api = new HttpApi(this, "Api", {
      apiName: nameIn(hub, "console"),
      description: "valetkey: the console",
      createDefaultStage: false,
      defaultIntegration: new HttpLambdaIntegration("console", page),
    });
    Validations.of(api).acknowledge({
      id: "AwsSolutions-APIG4",
      reason:
        "It serves the same static files to everybody; whoever looks at data signs in, and the API verifies the token.",
    });
    const log = new LogGroup(this, "Requests", {
      // A log group's class cannot be changed, so this one has another name than the group of the standard class had.
      logGroupName: `/aws/vendedlogs/${nameIn(hub, "console-requests")}`,
      // Half the price: nothing subscribes to it, and no metric is read from it.
      logGroupClass: LogGroupClass.INFREQUENT_ACCESS,
      retention: RetentionDays.THREE_MONTHS,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    new CfnStage(this, "Stage", {
      apiId: api.apiId,
      stageName: "$default",
      autoDeploy: true,
      accessLogSettings: { destinationArn: log.logGroupArn, format: JSON.stringify(ACCESS_LOG) },
      defaultRouteSettings: { throttlingRateLimit: REQUESTS_PER_SECOND, throttlingBurstLimit: BURST },
    });
    new CfnOutput(this, "Endpoint", {
      value: api.apiEndpoint,
      description:
        "Origin of the console: write it, or your own domain that maps to it, into valetkey.json as `console.url`",
    });
  }
}
