import type { HttpEvent } from "./event.ts";

/** Reads the token of `Authorization`: after `Bearer` (RFC 6750), or the bare value that the AWS SDKs send. Returns undefined above 16 KiB. */
export function readAuthorization(event: HttpEvent): string | undefined {
  const header = event.headers.authorization?.trim();
  if (!header || header.length > 16_384) return undefined;
  const bearer = /^bearer +(\S+)$/i.exec(header);
  if (bearer) return bearer[1];
  return /\s/.test(header) ? undefined : header;
}
