/** Answer of the guard in place of the tool server's. */
export interface Refused {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Readonly<Record<string, unknown>>;
}

/** Headers of every answer of the guard. */
export const HEADERS = { "content-type": "application/json", "cache-control": "no-store" } as const;

/** Makes a refusal in the form of OAuth's errors. */
export const refused = (
  status: number,
  error: string,
  sentence: string,
  headers: Readonly<Record<string, string>> = {},
): Refused => ({ status, headers: { ...HEADERS, ...headers }, body: { error, error_description: sentence } });
