import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";

/**
 * valetkey behind a wire on which a new task's credentials seem to last so many seconds only. STS issues none shorter than 15 minutes, and
 * no test waits for those: so the client and the SDKs renew early, and everything else is as it is.
 */
export async function shortened(
  url: string,
  seconds: number,
): Promise<{ readonly url: string; close(): Promise<void> }> {
  const server = createServer(async (request, response) => {
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
  await once(server.listen(0, "127.0.0.1"), "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: async () => {
      server.closeAllConnections();
      await once(server.close(), "close");
    },
  };
}

function sooner(answer: { readonly credentials?: readonly object[] }, seconds: number): object {
  const Expiration = new Date(Date.now() + seconds * 1_000).toISOString();
  return { ...answer, credentials: answer.credentials?.map((each) => ({ ...each, Expiration })) };
}
