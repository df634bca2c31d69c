import { ServiceError } from "./service-error.ts";

/** Reason why the gate refused a request: its authentication failed, or IAM denied it. */
export type AuthFault =
  | "missing"
  | "unknownKey"
  | "badToken"
  | "skewed"
  | "badSignature"
  | "badBody"
  | "expired"
  | "denied";

type Family = "query" | "json" | "sqs" | "s3";
type Row = readonly [code: string, status: number];

/** Codes and statuses of a fault, by service family. The SDKs decide by them whether to retry. */
const CODES: Readonly<Record<Family, Readonly<Record<AuthFault, Row>>>> = {
  query: {
    missing: ["MissingAuthenticationToken", 403],
    unknownKey: ["InvalidClientTokenId", 403],
    badToken: ["InvalidClientTokenId", 403],
    skewed: ["SignatureDoesNotMatch", 403],
    badSignature: ["SignatureDoesNotMatch", 403],
    badBody: ["SignatureDoesNotMatch", 403],
    expired: ["ExpiredToken", 403],
    denied: ["AccessDenied", 403],
  },
  json: {
    missing: ["MissingAuthenticationTokenException", 400],
    unknownKey: ["UnrecognizedClientException", 400],
    badToken: ["UnrecognizedClientException", 400],
    skewed: ["InvalidSignatureException", 400],
    badSignature: ["InvalidSignatureException", 400],
    badBody: ["InvalidSignatureException", 400],
    expired: ["ExpiredTokenException", 400],
    denied: ["AccessDeniedException", 400],
  },
  sqs: {
    missing: ["MissingAuthenticationToken", 403],
    unknownKey: ["InvalidClientTokenId", 403],
    badToken: ["InvalidClientTokenId", 403],
    skewed: ["SignatureDoesNotMatch", 403],
    badSignature: ["SignatureDoesNotMatch", 403],
    badBody: ["SignatureDoesNotMatch", 403],
    expired: ["ExpiredToken", 403],
    denied: ["AccessDenied", 403],
  },
  s3: {
    missing: ["AccessDenied", 403],
    unknownKey: ["InvalidAccessKeyId", 403],
    badToken: ["InvalidToken", 400],
    skewed: ["RequestTimeTooSkewed", 403],
    badSignature: ["SignatureDoesNotMatch", 403],
    badBody: ["XAmzContentSHA256Mismatch", 400],
    expired: ["ExpiredToken", 400],
    denied: ["AccessDenied", 403],
  },
};

const SENTENCES: Readonly<Record<AuthFault, string>> = {
  missing: "Request is missing Authentication Token",
  unknownKey: "The security token included in the request is invalid.",
  badToken: "The security token included in the request is invalid.",
  skewed: "Signature expired or not yet current: the request's time is too far from the server's.",
  badSignature:
    "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method.",
  badBody: "The provided 'x-amz-content-sha256' header does not match what was computed.",
  expired: "The security token included in the request is expired",
  denied: "Access Denied",
};

const FAMILIES: Readonly<Record<string, Family>> = { sts: "query", iam: "query", s3: "s3", sqs: "sqs" };

/** The error that the real service would send for this fault; services that are not listed speak JSON. */
export function authError(service: string, fault: AuthFault, message: string = SENTENCES[fault]): ServiceError {
  const [code, status] = CODES[FAMILIES[service] ?? "json"][fault];
  return new ServiceError(code, message, status);
}
