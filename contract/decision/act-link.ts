import { canonicalJson } from "../canonical-json.ts";
import type { OperatorAct } from "./act-in-words.ts";

/** Path of the console's page on which an operator performs an act. */
export const ACT_PAGE = "/act";

/**
 * Writes the address of the page for an act. The act is in the fragment, which no browser sends to a server.
 * @param console origin of the console.
 */
export function actLink(console: string, { path, body }: OperatorAct): string {
  const url = new URL(ACT_PAGE, console);
  url.hash = base64url(new TextEncoder().encode(canonicalJson({ path, body })));
  return url.href;
}

/** Reads the act of a link's fragment; undefined for any other text. Anybody may have made the link. */
export function actIn(fragment: string): OperatorAct | undefined {
  try {
    const binary = atob(fragment.replace(/^#/, "").replaceAll("-", "+").replaceAll("_", "/"));
    const text = new TextDecoder("utf-8", { fatal: true }).decode(
      Uint8Array.from(binary, (each) => each.charCodeAt(0)),
    );
    const { path, body, ...others } = JSON.parse(text) as Readonly<Record<string, unknown>>;
    const isObject = typeof body === "object" && body !== null && !Array.isArray(body);
    if (typeof path !== "string" || !isObject || Object.keys(others).length > 0) return undefined;
    return { path, body: body as OperatorAct["body"] };
  } catch {
    return undefined;
  }
}

/** `String.fromCharCode` takes its arguments from the stack, so not all of them at once. */
const base64url = (bytes: Uint8Array): string =>
  btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replaceAll("=", "");
