import type { Service } from "./service.ts";
import type { ServiceError } from "./service-error.ts";
import type { Answer } from "./wire-request.ts";
import { type XmlTree, xml } from "./xml.ts";

const XML_HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n';

/** A JSON answer; `version` is the protocol's: 1.0 for DynamoDB and SQS, 1.1 for the others. */
export function jsonAnswer(body: unknown, version: "1.0" | "1.1" = "1.0", status = 200): Answer {
  return { status, headers: { "content-type": `application/x-amz-json-${version}` }, body: JSON.stringify(body) };
}

/** An answer in the query protocol of STS and IAM. */
export function queryAnswer(operation: string, result: XmlTree, namespace: string): Answer {
  const inner = xml({ [`${operation}Result`]: result, ResponseMetadata: { RequestId: crypto.randomUUID() } });
  return {
    status: 200,
    headers: { "content-type": "text/xml" },
    body: `<${operation}Response xmlns="${namespace}">${inner}</${operation}Response>`,
  };
}

/** An XML document as S3 sends it. */
export function xmlAnswer(tree: XmlTree): Answer {
  return { status: 200, headers: { "content-type": "application/xml" }, body: XML_HEAD + xml(tree) };
}

/** The error in the service's own format, so that its SDK raises the exception that it would raise on AWS. */
export function errorAnswer(
  error: ServiceError,
  service: Pick<Service, "name" | "format">,
  requestId: string,
  isHead: boolean,
): Answer {
  const { code, status, message, fields } = error;
  if (service.format === "s3") {
    const body = isHead ? "" : XML_HEAD + xml({ Error: { Code: code, Message: message, RequestId: requestId } });
    return { status, headers: { "content-type": "application/xml" }, body };
  }
  if (service.format === "query") {
    const body = xml({ Error: { Type: "Sender", Code: code, Message: message }, RequestId: requestId });
    return {
      status,
      headers: { "content-type": "text/xml" },
      body: `<ErrorResponse>${body}</ErrorResponse>`,
    };
  }
  // SQS used the query protocol before. The SDKs of SQS still read the old error code from this header.
  const queryCode = service.name === "sqs" ? { "x-amzn-query-error": `${code};Sender` } : {};
  return {
    status,
    headers: { "content-type": "application/x-amz-json-1.0", ...queryCode },
    body: JSON.stringify({ __type: `com.amazon.coral.service#${code}`, message, ...fields }),
  };
}
