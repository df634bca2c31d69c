import { text } from "node:stream/consumers";
import { type LoopbackServer, listen } from "../loopback-server.ts";

/**
 * valetkey behind a proxy that shortens the expiry of a new task's credentials to so many seconds. STS issues none
 * shorter than 15 minutes, too long for a test. The client and the SDKs therefore renew early; all else is unchanged.
 */
export function shortened(url: string, seconds: number): Promise<LoopbackServer> {
  return listen(async (request, response) => {
    const { method = "GET", headers } = request;
    const sent = await text(request);
    const answer = await fetch(`${url}${request.url}`, {
      method,
      headers: {
        ...(headers.authorization && { authorization: headers.authorization }),
        ...(headers["content-type"] && { "content-type": headers["content-type"] }),
      },
      ...(method === "GET" ? {} : { body: sent }),
    });
    const body = await answer.text();
    response.writeHead(answer.status, { "content-type": "application/json" });
    response.end(request.url === "/v1/token" ? JSON.stringify(sooner(JSON.parse(body), seconds)) : body);
  });
}

function sooner(answer: { readonly credentials?: readonly object[] }, seconds: number): object {
  const Expiration = new Date(Date.now() + seconds * 1_000).toISOString();
  return { ...answer, credentials: answer.credentials?.map((each) => ({ ...each, Expiration })) };
}
