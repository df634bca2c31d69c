import { CfnOutput, Duration, RemovalPolicy, Validations } from "aws-cdk-lib";
import {
  CfnIntegration,
  CfnRoute,
  CfnStage,
  CorsHttpMethod,
  HttpApi,
  HttpMethod,
  type HttpRoute,
} from "aws-cdk-lib/aws-apigatewayv2";
import { HttpLambdaIntegration } from "aws-cdk-lib/aws-apigatewayv2-integrations";
import { CfnPermission, type IFunction } from "aws-cdk-lib/aws-lambda";
import { LogGroup, LogGroupClass, RetentionDays } from "aws-cdk-lib/aws-logs";
import { Construct } from "constructs";
import { nameIn, type Prefixed, prefixOf } from "../../../functions/hub-names.ts";
import type { SteadyName } from "../../../functions/names.ts";
import { CORS, DEFAULT_ROUTE, ROUTES, SIGNALS_ROUTE } from "../../../functions/routes.ts";
import { FUNCTION_SETTINGS } from "../../function-settings.ts";

/**
 * Makes the CORS settings, for the console's origin and for no other. The gateway writes the headers, so no function can widen them. Without credentials, since
 * the console has no cookies. The page reads the exposed headers: the time, the time of a retry, and the ETag, which its next request has.
 */
const corsFor = (origin: string) => ({
  allowOrigins: [origin],
  allowMethods: [CorsHttpMethod.GET, CorsHttpMethod.POST],
  allowHeaders: [...CORS.allowHeaders],
  exposeHeaders: [...CORS.exposeHeaders],
  allowCredentials: false,
  maxAge: Duration.seconds(CORS.maxAgeSeconds),
});

/** Limit of the whole API, applied before any function runs, so that a flood costs nothing. */
const REQUESTS_PER_SECOND = 500;
const BURST = 1_000;

/** Fields of an access log line. Path, query, headers and body are left out, so that no token and no task's name gets into the log. */
export const ACCESS_LOG = {
  requestId: "$context.requestId",
  at: "$context.requestTime",
  ip: "$context.identity.sourceIp",
  route: "$context.routeKey",
  status: "$context.status",
  millis: "$context.responseLatency",
  bytes: "$context.responseLength",
  error: "$context.integrationErrorMessage",
};

/**
 * HTTP API with exactly the routes of `ROUTES`, each to its function. A hub with transmitters has the route of signals too. Unlisted paths are answered with an
 * OAuth error.
 */
export class FrontDoor extends Construct {
  readonly api: HttpApi;

  constructor(
    scope: Construct,
    id: string,
    hub: Prefixed,
    functions: Readonly<Record<SteadyName, IFunction>> & { readonly signals?: IFunction },
    page: { readonly url: string } | undefined,
  ) {
    super(scope, id);
    this.api = new HttpApi(this, "Api", {
      apiName: prefixOf(hub),
      description: "valetkey: keys for agents, one task each",
      createDefaultStage: false,
      ...(page === undefined ? {} : { corsPreflight: corsFor(page.url) }),
      defaultIntegration: new HttpLambdaIntegration(DEFAULT_ROUTE.key, functions[DEFAULT_ROUTE.function]),
    });
    Validations.of(this.api).acknowledge({
      id: "AwsSolutions-APIG4",
      reason:
        "The functions verify every token themselves: API Gateway's JWT authorizer knows one issuer, RSA alone, caches keys for two hours and cannot refuse a replay. functions/routes.ts lists what each route accepts.",
    });
    for (const route of [...ROUTES, SIGNALS_ROUTE]) {
      const fn = functions[route.function];
      // A hub without transmitters has no function for their route.
      if (!fn) continue;
      const [added] = this.api.addRoutes({
        path: route.path,
        methods: [HttpMethod[route.method]],
        integration: new HttpLambdaIntegration(`${route.method}${route.path}`, fn, {
          timeout: Duration.seconds(FUNCTION_SETTINGS[route.function].timeoutSeconds < 15 ? 15 : 29),
        }),
      });
      if (added && route.function === "panic") switchLast(added, fn, functions);
    }
    const log = new LogGroup(this, "Requests", {
      // A log group's class cannot be changed, so this one has another name than the group of the standard class had.
      logGroupName: `/aws/vendedlogs/${nameIn(hub, "api-requests")}`,
      // Half the price: nothing subscribes to it, and no metric is read from it.
      logGroupClass: LogGroupClass.INFREQUENT_ACCESS,
      retention: RetentionDays.THREE_MONTHS,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    new CfnStage(this, "Stage", {
      apiId: this.api.apiId,
      stageName: "$default",
      autoDeploy: true,
      accessLogSettings: { destinationArn: log.logGroupArn, format: JSON.stringify(ACCESS_LOG) },
      defaultRouteSettings: { throttlingRateLimit: REQUESTS_PER_SECOND, throttlingBurstLimit: BURST },
    });
    new CfnOutput(this, "Endpoint", {
      value: this.api.apiEndpoint,
      description: "Address of the API: write it, or your own domain that maps to it, into valetkey.json as `url`",
    });
  }
}

/**
 * Orders an update that moves the panic's route to another function. The route changes once every reader of the panic knows what `panic` writes, and once API
 * Gateway may invoke `panic`. `operate`, which may have answered the route before, changes after it. So some function answers a panic at every moment.
 */
function switchLast(
  route: HttpRoute,
  panic: IFunction,
  { exchange, tasks, sweep, reconcile, operate }: Readonly<Record<SteadyName, IFunction>>,
): void {
  route.node.addDependency(panic, exchange, tasks, sweep, reconcile);
  const permissions = route.node.findAll().filter((each) => each instanceof CfnPermission);
  for (const each of route.node.findAll())
    if (each instanceof CfnIntegration || each instanceof CfnRoute)
      for (const permission of permissions) each.addResourceDependency(permission);
  operate.node.addDependency(route);
}
