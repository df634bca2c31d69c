import { ClientError } from "../../exit-codes.ts";
import type { OperatorApi } from "../operator-api.ts";

/** Finds the console's address in the hub's metadata, which none of the operators' functions answers. @throws {ClientError} unavailable without a console. */
export async function consoleOf(api: OperatorApi): Promise<string> {
  const { console_uri: console } = await api.call("GET /.well-known/oauth-authorization-server", {});
  if (typeof console !== "string" || !URL.canParse(console))
    throw new ClientError(
      "unavailable",
      "no_console",
      "the deployment names no console; set console.url in valetkey.json",
    );
  return console;
}
