type Json = Readonly<Record<string, unknown>>;

/** Sign-in that was tried on the console's page. */
export interface Tried {
  /** Name of the issuer. */
  readonly issuer: string;
  /** Time at which the person left for the issuer; epoch seconds. */
  readonly begunAt: number;
  readonly nonce: string;
  readonly outcome: Outcome;
}

/** ID token; or the code, where the hub redeems codes; or the page's sentence about a failure. */
export type Outcome =
  | { readonly token: string }
  | { readonly code: string; readonly verifier: string; readonly redirectUri: string }
  | { readonly fault: string };

/**
 * Parses the page's text, whose lines may be broken anywhere; undefined where the text is incomplete or another one.
 */
export function parseTried(text: string): Tried | undefined {
  const json = jsonIn(text.replaceAll(/[\r\n]/g, ""));
  const { issuer, begun_at: begunAt, nonce } = json;
  const outcome = outcomeIn(json);
  return typeof issuer === "string" && Number.isSafeInteger(begunAt) && typeof nonce === "string" && outcome
    ? { issuer, begunAt: Number(begunAt), nonce, outcome }
    : undefined;
}

function outcomeIn({ id_token: token, code, code_verifier: verifier, redirect_uri: redirectUri, fault }: Json) {
  if (typeof token === "string") return { token };
  if (typeof fault === "string") return { fault };
  return typeof code === "string" && typeof verifier === "string" && typeof redirectUri === "string"
    ? { code, verifier, redirectUri }
    : undefined;
}

function jsonIn(text: string): Json {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
}
