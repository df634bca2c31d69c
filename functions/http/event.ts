/** Request as API Gateway's HTTP API sends it (payload format 2.0), with the fields that valetkey reads. Untrusted. */
export interface HttpEvent {
  /** `POST /v1/token`: the route as the table writes it. */
  readonly routeKey: string;
  /** Names in lower case; several values of one header are joined with a comma. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** Path as the client sent it. */
  readonly rawPath?: string | undefined;
  readonly rawQueryString?: string | undefined;
  readonly pathParameters?: Readonly<Record<string, string | undefined>> | null | undefined;
  readonly body?: string | undefined;
  readonly isBase64Encoded?: boolean | undefined;
  readonly requestContext: {
    readonly requestId: string;
    /** Time at which API Gateway received the request; epoch milliseconds. */
    readonly timeEpoch?: number | undefined;
    readonly http: { readonly sourceIp: string; readonly method?: string | undefined };
  };
}

export interface HttpAnswer {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}
