import type { HttpEvent } from "./event.ts";

/** RFC 6750's token: what stands behind `Bearer`, or the header verbatim, as the AWS SDKs send it. At most 16 KiB. */
export function readAuthorization(event: HttpEvent): string | undefined {
  const header = event.headers.authorization?.trim();
  if (!header || header.length > 16_384) return undefined;
  const bearer = /^bearer +(\S+)$/i.exec(header);
  if (bearer) return bearer[1];
  return /\s/.test(header) ? undefined : header;
}
