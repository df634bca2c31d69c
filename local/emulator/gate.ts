import { randomUUID } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { errorAnswer } from "./answers.ts";
import type { ApiCall } from "./api-call.ts";
import { authError } from "./auth-errors.ts";
import { decide } from "./decide.ts";
import type { ContextValues, Need } from "./need.ts";
import { requestContext } from "./request-context.ts";
import type { Service } from "./service.ts";
import { ServiceError } from "./service-error.ts";
import { type Session, type Sessions, sessionArn } from "./sessions.ts";
import { parseSignature, type Signature } from "./signature.ts";
import type { Turns } from "./turns.ts";
import { verifySignature } from "./verify-signature.ts";
import { type Answer, readWireRequest, type WireRequest } from "./wire-request.ts";

export interface GatePorts {
  readonly services: ReadonlyMap<string, Service>;
  readonly sessions: Sessions;
  readonly now: () => number;
  /** Path of each account's organisational unit, where it has one. */
  readonly orgPaths: ReadonlyMap<string, string>;
  readonly onApiCall: (call: ApiCall) => void;
  readonly turns: Turns;
  /** True for sessions whose calls let all others go before. */
  readonly yields: (session: Session) => boolean;
  /** Changes the input of IAM's decisions, for tests of an AWS that behaves otherwise. */
  readonly iamSees: (seen: SeenByIam) => SeenByIam;
  /** State of IAM, which an outage or a moved clock changes. */
  readonly iam: IamState;
}

/** Outage of IAM's own interface, and its clock. Decisions go on during an outage, as AWS's do. */
export interface IamState {
  isDown: boolean;
  /** Lead of `aws:CurrentTime` over the clock; milliseconds. */
  aheadMs: number;
}

/** Input of IAM's decision on one need of a call. */
export interface SeenByIam {
  readonly session: Session;
  readonly need: Need;
  readonly context: ContextValues;
}

/**
 * Creates the only server of all services. The gate verifies the signature, finds the caller and decides every need of
 * the call before the service performs it.
 */
export function createGate(ports: GatePorts): Server {
  return createServer((incoming, response) => {
    respond(incoming, response, ports).catch((error: unknown) => {
      // No answer is possible any more: the caller hung up, or the answer itself cannot be written.
      if (!incoming.destroyed) console.error("embedded AWS could not answer:", error);
      response.destroy();
    });
  });
}

async function respond(incoming: IncomingMessage, response: ServerResponse, ports: GatePorts): Promise<void> {
  const requestId = randomUUID();
  // Only the signature names the service. Errors before it has been read are XML, which most SDKs can parse.
  let service: Pick<Service, "name" | "format"> = { name: "s3", format: "s3" };
  let answer: Answer;
  try {
    const request = await readWireRequest(incoming);
    const claim = parseSignature(request);
    const found = ports.services.get(claim.service);
    if (!found) throw new ServiceError("NotImplemented", `The embedded AWS has no service "${claim.service}".`, 501);
    service = found;
    answer = await serve(request, claim, found, ports);
  } catch (error) {
    if (incoming.errored) throw error;
    answer = errorAnswer(asServiceError(error), service, requestId, incoming.method === "HEAD");
  }
  send(response, answer, requestId, ports.now());
}

async function serve(request: WireRequest, claim: Signature, service: Service, ports: GatePorts): Promise<Answer> {
  const session = ports.sessions.find(claim.accessKeyId);
  if (!session) throw authError(service.name, "unknownKey");
  // A poll of a queue may take twenty seconds, most of which it waits.
  if (service.name === "sqs") return perform(request, claim, session, service, ports);
  return ports.turns.take(ports.yields(session), () => perform(request, claim, session, service, ports));
}

async function perform(
  request: WireRequest,
  claim: Signature,
  session: Session,
  service: Service,
  ports: GatePorts,
): Promise<Answer> {
  if (service.name === "iam" && ports.iam.isDown)
    throw new ServiceError("ServiceUnavailable", "IAM does not answer, as this run asked for.", 503);
  const body = verifySignature(request, claim, session, ports.now());
  const verified = { ...request, body };
  const deny = (need: Need, operation: string) => denialOf(need, operation, session, verified, claim, ports);
  const call = await service.open(verified, {
    session,
    account: session.role.account,
    region: claim.region,
    may: async (need) => (await deny(need, need.action.replace(/^.*:/, ""))) === undefined,
  });
  if (call.needs.length === 0) throw authError(service.name, "denied");
  for (const need of call.needs) {
    const denial = await deny(need, call.operation);
    if (denial) throw denial;
  }
  return call.perform();
}

/** Decides one need of a call. @returns the error that the service would send where it is denied. */
async function denialOf(
  need: Need,
  operation: string,
  session: Session,
  request: WireRequest,
  claim: Signature,
  ports: GatePorts,
): Promise<ServiceError | undefined> {
  const at = ports.now();
  const context = requestContext(session, need, {
    now: at + ports.iam.aheadMs,
    region: claim.region,
    sourceIp: request.remoteAddress,
    userAgent: request.headers["user-agent"] ?? "",
    orgPaths: ports.orgPaths,
  });
  const seen = ports.iamSees({ session, need, context });
  const decision = await decide(seen.session, seen.need, seen.context, at);
  const principalArn = sessionArn(session);
  ports.onApiCall({
    at,
    service: claim.service,
    operation,
    action: need.action,
    resource: need.resource,
    principalArn,
    sessionName: session.name,
    accessKeyId: session.credentials.accessKeyId,
    ...(session.sourceIdentity === undefined ? {} : { sourceIdentity: session.sourceIdentity }),
    context,
    ...(need.copyKeyId === undefined || decision.decision === "Denied" ? {} : { copyKeyId: need.copyKeyId }),
    ...decision,
  });
  if (decision.decision === "Allowed") return undefined;
  const what = need.resource === "*" ? need.action : `${need.action} on resource: ${need.resource}`;
  return authError(
    claim.service,
    "denied",
    `User: ${principalArn} is not authorized to perform: ${what} ${decision.why}`,
  );
}

/** Makes a 500 of a bug in the emulator. The error is printed here, and the caller does not see it. */
function asServiceError(error: unknown): ServiceError {
  if (error instanceof ServiceError) return error;
  console.error("embedded AWS failed:", error);
  return new ServiceError("InternalFailure", "The embedded AWS failed; its own output says why.", 500);
}

function send(response: ServerResponse, answer: Answer, requestId: string, now: number): void {
  // The SDKs correct their clocks by this header: with an injected clock, they would then sign by that clock.
  response.sendDate = false;
  response.writeHead(answer.status, {
    "content-length": Buffer.byteLength(answer.body),
    ...answer.headers,
    date: new Date(now).toUTCString(),
    "x-amzn-requestid": requestId,
    "x-amz-request-id": requestId,
  });
  response.end(answer.body);
}
