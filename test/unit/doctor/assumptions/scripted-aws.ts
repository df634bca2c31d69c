import { bodyOf, listen } from "../../../loopback-server.ts";

/** Request as a script sees it: the operation, and its parameters in either protocol. */
export interface Asked {
  readonly operation: string;
  readonly input: Readonly<Record<string, unknown>>;
}

/** Answer of a script: a tree for JSON, text for XML within the operation's result, or an error. */
export type Scripted = object | string | { readonly error: string; readonly status?: number };

/** An AWS on loopback that answers by a script, accepts every signature, and records its requests. */
export async function scriptedAws(script: (asked: Asked) => Scripted) {
  const requests: Asked[] = [];
  const { url, close } = await listen(async (incoming, response) => {
    const body = await bodyOf(incoming);
    const target = incoming.headers["x-amz-target"];
    const query = new URLSearchParams(body);
    const one = target
      ? { operation: String(target).split(".")[1] ?? "", input: JSON.parse(body) }
      : { operation: query.get("Action") ?? `${incoming.method}`, input: Object.fromEntries(query) };
    requests.push(one);
    const answer = script(one);
    const { error, status = 400 } = Object(answer) as { readonly error?: string; readonly status?: number };
    const text = target
      ? JSON.stringify(error === undefined ? answer : { __type: error, message: HOSTILE })
      : error === undefined
        ? `<${one.operation}Response><${one.operation}Result>${answer}</${one.operation}Result></${one.operation}Response>`
        : `<ErrorResponse><Error><Code>${error}</Code><Message>${HOSTILE}</Message></Error></ErrorResponse>`;
    const type = target ? "application/x-amz-json-1.0" : "text/xml";
    // A hostile request id: the SDK takes it from the header.
    response.writeHead(error === undefined ? 200 : status, {
      "content-type": type,
      "x-amzn-requestid": "CANARY \t(id)",
    });
    response.end(text);
  });
  return { asked: requests, endpoint: url, close };
}

/** Text that a terminal would obey. */
export const HOSTILE = "CANARY&#27;[2K";
