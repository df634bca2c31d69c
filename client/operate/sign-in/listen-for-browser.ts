import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { ClientError } from "../../exit-codes.ts";

/** Loopback listener to which the issuer redirects the browser. */
export interface BrowserListener {
  readonly redirectUri: string;
  /** Waits for the redirect with that state and returns its URL. Ignores requests with another state. */
  readonly answer: (state: string) => Promise<URL>;
  readonly close: () => void;
}

/** Listens on a port of loopback (RFC 8252, section 7.3). @param patienceMs longest wait of `answer`; milliseconds. */
export async function listenForBrowser(patienceMs: number): Promise<BrowserListener> {
  let receive = (_: URL): boolean => false;
  const server = createServer((request, response) => {
    // Any page in the browser can request any path here, even `//`, which is no URL.
    const address = URL.canParse(request.url ?? "/", redirectUri)
      ? new URL(request.url ?? "/", redirectUri)
      : undefined;
    const isOurs = request.method === "GET" && address?.pathname === "/callback" && receive(address);
    response
      .writeHead(isOurs ? 200 : 404, { "content-type": "text/plain; charset=utf-8", "cache-control": "no-store" })
      .end(isOurs ? "You may close this window and go back to the terminal.\n" : "There is no such login.\n");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const redirectUri = `http://127.0.0.1:${(server.address() as AddressInfo).port}/callback`;
  return {
    redirectUri,
    answer: (state) =>
      new Promise((resolve, reject) => {
        const gaveUp = () => reject(new ClientError("identity", "login_timeout", "nobody came back from the login"));
        const timer = setTimeout(gaveUp, patienceMs);
        receive = (address) => {
          if (address.searchParams.get("state") !== state) return false;
          clearTimeout(timer);
          resolve(address);
          return true;
        };
      }),
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}
