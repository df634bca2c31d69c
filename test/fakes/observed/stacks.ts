import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";

/** Stack, as CloudFormation describes it. */
export interface FakeStack {
  readonly status: string;
  readonly template: unknown;
  readonly outputs?: Readonly<Record<string, string>>;
  readonly parameters?: Readonly<Record<string, string>>;
  /** Resources that were changed outside of CloudFormation. */
  readonly drifted?: readonly string[];
}

/** Rule that forwards the calls of one Region, and trails that log them. */
export interface FakeForwarding {
  /** State of the rule; undefined where there is none. */
  readonly rule: string | undefined;
  readonly targets: readonly string[];
  readonly trails: readonly { readonly arn: string; readonly isLogging: boolean; readonly selectors: object }[];
  /** Recorder of AWS Config; absent where there is none. */
  readonly recorder?: { readonly recording: boolean; readonly settings: object };
}

/** Forwarding as a deployment makes it, with a trail of the account. */
export const FORWARDING: FakeForwarding = {
  rule: "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS",
  targets: ["arn:aws:events:us-east-1:999900001111:event-bus/valetkey"],
  trails: [
    {
      arn: "arn:aws:cloudtrail:us-east-1:111122223333:trail/management",
      isLogging: true,
      selectors: { EventSelectors: [{ IncludeManagementEvents: true, ReadWriteType: "All" }] },
    },
  ],
};

const SERVICES = ["CLOUDFORMATION", "LAMBDA", "EVENTBRIDGE", "CLOUDTRAIL", "CONFIG_SERVICE"] as const;

/**
 * Fake of CloudFormation, Lambda, CloudTrail, AWS Config and EventBridge's rules on loopback, with the parts that `valetkey doctor`
 * uses. The embedded AWS has none of them. Does not verify signatures, and records the key that signed.
 */
export class FakeStacks {
  readonly stacks = new Map<string, FakeStack>();
  concurrency = 1_000;
  /** Forwarding of calls in a Region. */
  forwarding: (region: string) => FakeForwarding = () => FORWARDING;
  /** Operations that are denied to the caller. */
  readonly denied = new Set<string>();
  readonly seen: { readonly action: string; readonly accessKeyId: string | undefined }[] = [];
  readonly #server = createServer(async (request, response) => {
    const { status, type, body } = await this.#answer(request);
    response.writeHead(status, { "content-type": type, ...(status === 403 ? ERROR_TYPE : {}) }).end(body);
  });

  async start(): Promise<this> {
    await once(this.#server.listen(0, "127.0.0.1"), "listening");
    return this;
  }

  /** Environment variables that direct the SDK here, for these services only. */
  get env(): Readonly<Record<string, string>> {
    const url = `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
    return Object.fromEntries(SERVICES.map((service) => [`AWS_ENDPOINT_URL_${service}`, url]));
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #see(action: string, authorization = ""): void {
    this.seen.push({ action, accessKeyId: /Credential=(\w+)\//.exec(authorization)?.[1] });
  }

  /** Answers of EventBridge, CloudTrail and AWS Config, in JSON. */
  #json(action: string, authorization: string | undefined) {
    this.#see(action, authorization);
    const region = /Credential=\w+\/\d+\/([\w-]+)\//.exec(authorization ?? "")?.[1] ?? "";
    const json = (status: number, fields: object) => {
      return { status, type: "application/x-amz-json-1.1", body: JSON.stringify(fields) };
    };
    if (this.denied.has(action)) return json(400, { __type: "AccessDeniedException" });
    const { rule, targets, trails, recorder } = this.forwarding(region);
    if (action === "DescribeRule")
      return rule === undefined ? json(400, { __type: "ResourceNotFoundException" }) : json(200, { State: rule });
    if (action === "ListTargetsByRule") return json(200, { Targets: targets.map((Arn) => ({ Id: "hub", Arn })) });
    if (action === "DescribeConfigurationRecorders")
      return json(200, { ConfigurationRecorders: recorder ? [{ name: "default", ...recorder.settings }] : [] });
    if (action === "DescribeConfigurationRecorderStatus")
      return json(200, {
        ConfigurationRecordersStatus: recorder ? [{ name: "default", recording: recorder.recording }] : [],
      });
    const [trail] = trails;
    if (action === "DescribeTrails") return json(200, { trailList: trails.map(({ arn }) => ({ TrailARN: arn })) });
    if (action === "GetTrailStatus") return json(200, { IsLogging: trail?.isLogging });
    return json(200, trail?.selectors ?? {});
  }

  async #answer(request: IncomingMessage): Promise<{ status: number; type: string; body: string }> {
    let body = "";
    for await (const chunk of request) body += chunk;
    const [, target] = /\.(\w+)$/.exec(String(request.headers["x-amz-target"] ?? "")) ?? [];
    if (target) return this.#json(target, request.headers.authorization);
    const query = new URLSearchParams(body);
    const isLambda = request.url?.startsWith("/2016-08-19/account-settings") ?? false;
    const action = isLambda ? "GetAccountSettings" : (query.get("Action") ?? "");
    this.#see(action, request.headers.authorization);
    if (isLambda) {
      const limit = { ConcurrentExecutions: this.concurrency };
      const isDenied = this.denied.has(action);
      return {
        status: isDenied ? 403 : 200,
        type: "application/json",
        body: JSON.stringify(isDenied ? { Message: "no" } : { AccountLimit: limit }),
      };
    }
    if (this.denied.has(action)) return xml(403, fault("AccessDenied", `not authorized to perform: ${action}`));
    // In this fake, the id of a drift detection is the name of its stack.
    const name = query.get("StackName") ?? query.get("StackDriftDetectionId") ?? "";
    const stack = this.stacks.get(name);
    if (!stack) return xml(400, fault("ValidationError", `Stack with id ${name} does not exist`));
    return xml(
      200,
      `<${action}Response xmlns="${NAMESPACE}"><${action}Result>${resultOf(action, name, stack)}</${action}Result></${action}Response>`,
    );
  }
}

const NAMESPACE = "http://cloudformation.amazonaws.com/doc/2010-05-15/";
const ERROR_TYPE = { "x-amzn-errortype": "AccessDeniedException" };

const xml = (status: number, body: string) => ({ status, type: "text/xml", body });

const fault = (code: string, message: string): string =>
  `<ErrorResponse xmlns="${NAMESPACE}"><Error><Type>Sender</Type><Code>${code}</Code><Message>${message}</Message></Error></ErrorResponse>`;

const escaped = (text: string): string => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");

function resultOf(
  action: string,
  name: string,
  { status, template, outputs = {}, parameters = {}, drifted = [] }: FakeStack,
): string {
  if (action === "DescribeStacks") {
    const listed = Object.entries(outputs).map(
      ([key, value]) => `<member><OutputKey>${key}</OutputKey><OutputValue>${value}</OutputValue></member>`,
    );
    const given = Object.entries(parameters).map(
      ([key, value]) => `<member><ParameterKey>${key}</ParameterKey><ParameterValue>${value}</ParameterValue></member>`,
    );
    return `<Stacks><member><StackName>${name}</StackName><CreationTime>2026-11-24T12:00:00Z</CreationTime><StackStatus>${status}</StackStatus><Outputs>${listed.join("")}</Outputs><Parameters>${given.join("")}</Parameters></member></Stacks>`;
  }
  if (action === "GetTemplate") return `<TemplateBody>${escaped(JSON.stringify(template))}</TemplateBody>`;
  if (action === "DetectStackDrift") return `<StackDriftDetectionId>${name}</StackDriftDetectionId>`;
  if (action === "DescribeStackDriftDetectionStatus")
    return `<StackId>${name}</StackId><StackDriftDetectionId>${name}</StackDriftDetectionId><DetectionStatus>DETECTION_COMPLETE</DetectionStatus><StackDriftStatus>${drifted.length > 0 ? "DRIFTED" : "IN_SYNC"}</StackDriftStatus><Timestamp>2026-11-24T12:00:00Z</Timestamp>`;
  const members = drifted.map(
    (id) =>
      `<member><StackId>${name}</StackId><LogicalResourceId>${id}</LogicalResourceId><PhysicalResourceId>${id}</PhysicalResourceId><ResourceType>AWS::IAM::Role</ResourceType><StackResourceDriftStatus>MODIFIED</StackResourceDriftStatus><Timestamp>2026-11-24T12:00:00Z</Timestamp></member>`,
  );
  return `<StackResourceDrifts>${members.join("")}</StackResourceDrifts>`;
}
