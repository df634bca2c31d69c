import { readFileSync } from "node:fs";
import * as v from "valibot";
import { expect } from "vitest";
import { REFUSALS, type RefusalCode } from "../../../contract/refusals.ts";
import type { HttpAnswer } from "../../../functions/http/event.ts";
import type { RouteKey } from "../../../functions/routes.ts";
import { ANSWERS, type AnswerName } from "../../openapi/schemas.ts";
import { areConnectors, obeysConnectors } from "./obeys-connectors.ts";

interface Example {
  readonly summary?: string;
  readonly value: unknown;
}

interface Content {
  readonly schema: {
    readonly $ref: string;
    readonly properties?: {
      readonly error: { readonly enum: readonly string[] };
      readonly code: { readonly enum: readonly RefusalCode[] };
    };
  };
  readonly examples: Readonly<Record<string, Example>>;
}

export interface DocumentedResponse {
  readonly $ref?: string;
  readonly description: string;
  readonly headers?: Readonly<Record<string, unknown>>;
  readonly content?: { readonly "application/json": Content };
}

export interface DocumentedOperation {
  readonly operationId: string;
  readonly summary: string;
  readonly description: string;
  readonly security: readonly Readonly<Record<string, unknown>>[];
  readonly parameters?: readonly { readonly name: string; readonly in: string; readonly description: string }[];
  readonly requestBody?: { readonly content: Readonly<Record<string, Content>> };
  readonly responses: Readonly<Record<string, DocumentedResponse>>;
}

/** `docs/openapi.json` as it is committed. */
export const TEXT = readFileSync(new URL("../../../docs/openapi.json", import.meta.url), "utf8");
export const DOCUMENT = JSON.parse(TEXT) as {
  readonly paths: Readonly<Record<string, Readonly<Record<string, DocumentedOperation>>>>;
  readonly components: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
};

/** Every operation of the document, named as the route table names it. */
export const DOCUMENTED = new Map<string, DocumentedOperation>(
  Object.entries(DOCUMENT.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => [`${method.toUpperCase()} ${path}`, operation] as const),
  ),
);

export function documented(route: string): DocumentedOperation {
  const operation = DOCUMENTED.get(route);
  if (!operation) throw new Error(`${route} is not in docs/openapi.json`);
  return operation;
}

/** The refusals that the document gives the route, with the status of each. */
export const documentedCodes = (route: string): readonly (readonly [RefusalCode, number])[] =>
  Object.entries(documented(route).responses).flatMap(([status, { content }]) =>
    (content?.["application/json"].schema.properties?.code.enum ?? []).map((code) => [code, Number(status)] as const),
  );

/** HTTP/1.0's word for `no-store`, and the media type that `content` names. */
const NOT_DOCUMENTED = ["content-type", "pragma", "x-content-type-options", "content-security-policy"];

/** @throws an assertion error where the answer has anything that the document does not have for the route. */
export function expectDocumented(route: RouteKey, { statusCode, headers, body }: HttpAnswer): void {
  const response = responseTo(route, statusCode);
  if (!response) throw new Error(`${route} answered ${statusCode}, which is not documented: ${body}`);
  const names = [...NOT_DOCUMENTED, ...Object.keys(response.headers ?? {}).map((name) => name.toLowerCase())];
  const further = Object.keys(headers).filter((name) => !names.includes(name));
  if (further.length > 0) throw new Error(`${route}: the headers ${further} are not documented`);
  if ("www-authenticate" in headers !== (statusCode === 401))
    throw new Error(`${route} answered ${statusCode} with the headers ${Object.keys(headers)}`);

  const content = response.content?.["application/json"];
  if (content) expectShape(content.schema.$ref.replace("#/components/schemas/", "") as AnswerName, body);
  else expect(body).toBe("");
  if (content?.schema.properties) {
    const { code, error } = JSON.parse(body) as { readonly code: RefusalCode; readonly error: string };
    expect(content.schema.properties.code.enum, `${route}: ${body}`).toContain(code);
    expect(error).toBe(REFUSALS[code][1]);
  }
}

function responseTo(route: string, status: number): DocumentedResponse | undefined {
  const response = documented(route).responses[status];
  const shared = response?.$ref?.replace("#/components/responses/", "");
  return shared === undefined ? response : (DOCUMENT.components.responses?.[shared] as DocumentedResponse | undefined);
}

/** Strictly: a field that is not documented is as wrong as one that is missing. */
function expectShape(name: AnswerName, body: string): void {
  const answer = JSON.parse(body);
  const { issues } = v.safeParse(ANSWERS[name], answer);
  if (issues) throw new Error(`${name}: ${body} has other fields: ${JSON.stringify(v.flatten(issues))}`);
  expect(obeysConnectors(answer.authorization_details ?? [])).toBe(true);
  expect(areConnectors(answer.credentials ?? [])).toBe(true);
}
