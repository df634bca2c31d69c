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

/**
 * Fake of CloudFormation and Lambda on loopback, as far as `valetkey doctor` needs them, since the embedded AWS has neither. Does not verify
 * signatures; records whose key signed.
 */
export class FakeStacks {
  readonly stacks = new Map<string, FakeStack>();
  concurrency = 1_000;
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

  /** Environment variables that direct the SDK here, for these two services only. */
  get env(): Readonly<Record<string, string>> {
    const url = `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
    return { AWS_ENDPOINT_URL_CLOUDFORMATION: url, AWS_ENDPOINT_URL_LAMBDA: url };
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #answer(request: IncomingMessage): Promise<{ status: number; type: string; body: string }> {
    let body = "";
    for await (const chunk of request) body += chunk;
    const query = new URLSearchParams(body);
    const isLambda = request.url?.startsWith("/2016-08-19/account-settings") ?? false;
    const action = isLambda ? "GetAccountSettings" : (query.get("Action") ?? "");
    const accessKeyId = /Credential=(\w+)\//.exec(request.headers.authorization ?? "")?.[1];
    this.seen.push({ action, accessKeyId });
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
    // Here a drift detection's id is its stack's name.
    const name = query.get("StackName") ?? query.get("StackDriftDetectionId") ?? "";
    const stack = this.stacks.get(name);
    if (!stack) return xml(400, fault("ValidationError", `Stack with id ${name} does not exist`));
    return xml(
      200,
      `<${action}Response xmlns="${NAMESPACE}"><${action}Result>${told(action, name, stack)}</${action}Result></${action}Response>`,
    );
  }
}

const NAMESPACE = "http://cloudformation.amazonaws.com/doc/2010-05-15/";
const ERROR_TYPE = { "x-amzn-errortype": "AccessDeniedException" };

const xml = (status: number, body: string) => ({ status, type: "text/xml", body });

const fault = (code: string, message: string): string =>
  `<ErrorResponse xmlns="${NAMESPACE}"><Error><Type>Sender</Type><Code>${code}</Code><Message>${message}</Message></Error></ErrorResponse>`;

const escaped = (text: string): string => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");

function told(
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
