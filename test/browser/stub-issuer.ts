import { createHash, randomUUID } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { exportJWK, generateKeyPair, SignJWT } from "jose";

/**
 * People's issuer with a sign-in page, as far as the console needs one: code, PKCE, `nonce`, and `iss` in its answers.
 */
export interface StubIssuer {
  readonly url: string;
  /** Parameters of every authorization request, in order. */
  readonly requests: URLSearchParams[];
  /** Changes the claims of the next ID tokens. */
  claims: Readonly<Record<string, unknown>>;
  /** Changes the query of the next answers. */
  answer: Readonly<Record<string, string>>;
  close(): void;
}

const SIGN_IN = `<!doctype html><html lang="en"><title>Sign in</title><main><h1>Sign in</h1>
<form method="post"><label>Name <input name="person" value="alice" autofocus></label> <button>Sign in</button></form></main></html>`;

/**
 * @param origin origin of the console, which alone may redeem codes. @param silent clients that sign in without a page
 * once somebody has signed in.
 */
export async function startStubIssuer(
  port: number,
  origin: string,
  audience: string,
  silent: readonly string[],
): Promise<StubIssuer> {
  const url = `http://127.0.0.1:${port}/people`;
  const { privateKey, publicKey } = await generateKeyPair("ES256");
  const jwk = { ...(await exportJWK(publicKey)), kid: "k", alg: "ES256" };
  const codes = new Map<string, { readonly query: URLSearchParams; readonly person: string }>();
  let signedIn: string | undefined;
  const stub: StubIssuer = { url, requests: [], claims: {}, answer: {}, close: () => void server.close() };

  const sign = (claims: Record<string, unknown>) =>
    new SignJWT({ iss: url, jti: randomUUID(), ...claims })
      .setProtectedHeader({ alg: "ES256", kid: "k", typ: "JWT" })
      .setIssuedAt()
      .setExpirationTime("5m")
      .sign(privateKey);

  const redirect = (response: ServerResponse, query: URLSearchParams, person: string): void => {
    const code = randomUUID();
    codes.set(code, { query, person });
    const back = new URL(query.get("redirect_uri") ?? "");
    const all = { code, state: query.get("state") ?? "", iss: url, ...stub.answer };
    for (const [name, value] of Object.entries(all)) back.searchParams.set(name, value);
    response.writeHead(302, { location: back.href }).end();
  };

  const token = async (form: URLSearchParams): Promise<Record<string, unknown> | undefined> => {
    const held = codes.get(form.get("code") ?? "");
    codes.delete(form.get("code") ?? "");
    const challenge = createHash("sha256")
      .update(form.get("code_verifier") ?? "")
      .digest("base64url");
    if (!held || held.query.get("code_challenge") !== challenge) return undefined;
    const [client, nonce] = [held.query.get("client_id"), held.query.get("nonce")];
    const who = { sub: held.person, name: held.person, groups: ["sre"], auth_time: Math.floor(Date.now() / 1_000) };
    const idToken = await sign({ ...who, aud: client, nonce, ...stub.claims });
    const reading = held.query.get("resource") === audience;
    return {
      id_token: idToken,
      access_token: reading ? await sign({ ...who, aud: audience }) : "opaque",
      token_type: "Bearer",
    };
  };

  const respond = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { pathname, searchParams: query } = new URL(request.url ?? "", url);
    const json = (status: number, body: unknown): void => {
      response.writeHead(status, { "content-type": "application/json", "access-control-allow-origin": origin });
      response.end(JSON.stringify(body));
    };
    if (pathname === "/people/.well-known/openid-configuration")
      return json(200, {
        issuer: url,
        authorization_endpoint: `${url}/authorize`,
        token_endpoint: `${url}/token`,
        jwks_uri: `${url}/jwks`,
        authorization_response_iss_parameter_supported: true,
      });
    if (pathname === "/people/jwks") return json(200, { keys: [jwk] });
    if (pathname === "/people/token") {
      const tokens = await token(new URLSearchParams(await textOf(request)));
      return tokens ? json(200, tokens) : json(400, { error: "invalid_grant" });
    }
    if (pathname !== "/people/authorize") return json(404, {});
    if (request.method === "POST") {
      signedIn = new URLSearchParams(await textOf(request)).get("person") ?? "alice";
      return redirect(response, query, signedIn);
    }
    stub.requests.push(query);
    if (signedIn !== undefined && query.get("prompt") !== "login" && silent.includes(query.get("client_id") ?? ""))
      return redirect(response, query, signedIn);
    response.writeHead(200, { "content-type": "text/html" }).end(SIGN_IN);
  };
  const server = createServer((request, response) => void respond(request, response));
  await new Promise<void>((listening) => server.listen(port, "127.0.0.1", listening));
  return stub;
}

async function textOf(request: IncomingMessage): Promise<string> {
  let text = "";
  for await (const chunk of request) text += chunk;
  return text;
}
