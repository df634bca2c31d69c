/** What a function is given for a request: the fields of API Gateway's HTTP API event (payload format 2.0) that are used. Unbelieved. */
export interface HttpEvent {
  /** `POST /v1/token`: the route as the table writes it. */
  readonly routeKey: string;
  /** Names in lower case; several values of one header are joined with a comma. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** The path as it was asked for. */
  readonly rawPath?: string | undefined;
  readonly rawQueryString?: string | undefined;
  readonly pathParameters?: Readonly<Record<string, string | undefined>> | undefined;
  readonly body?: string | undefined;
  readonly isBase64Encoded?: boolean | undefined;
  readonly requestContext: {
    readonly requestId: string;
    /** When API Gateway got it; epoch milliseconds. */
    readonly timeEpoch?: number | undefined;
    readonly http: { readonly sourceIp: string; readonly method?: string | undefined };
  };
}

export interface HttpAnswer {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}
