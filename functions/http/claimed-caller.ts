import { LIMITS } from "../../contract/limits.ts";
import { rootIdOf } from "../../contract/task-id.ts";
import { jsonFields } from "../core/text/json-fields.ts";
import type { HttpEvent } from "./event.ts";

/**
 * Names whom a request claims to come from, before anything is verified: the root of a task token or of the path, or issuer and subject of the agent's token.
 * Chooses only whose turn it is to wait. Whoever claims to be another waits in the other's turn.
 */
export function claimedCaller({ pathParameters, body, isBase64Encoded }: HttpEvent): string {
  const task = pathParameters?.task;
  if (task !== undefined) return rootIdOf(task);
  // A longer body is refused once it is read.
  if ((body?.length ?? 0) > 2 * LIMITS.bodyBytes) return "";
  const form = new URLSearchParams(Buffer.from(body ?? "", isBase64Encoded ? "base64" : "utf8").toString());
  const token = form.get("actor_token") ?? form.get("subject_token") ?? form.get("assertion") ?? "";
  if (token.startsWith("vk")) return rootIdOf(token.slice(token.indexOf("_") + 1));
  const [, payload] = token.split(".");
  const { iss, sub } = jsonFields(Buffer.from(payload ?? "", "base64url").toString());
  return JSON.stringify([iss, sub]);
}
