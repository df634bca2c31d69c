import { ClientError } from "../exit-codes.ts";

/** The addresses at which plain http stays on this machine. */
const LOOPBACK = /^(?:127\.\d{1,3}\.\d{1,3}\.\d{1,3}|localhost|\[::1\])$/;

/** The address without a trailing slash, if a token may travel to or from it: https, or http on loopback. @throws {ClientError} usage */
export function safeUrl(text: string, option: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url)
    throw new ClientError("usage", "usage", `${option} must be an address such as https://valetkey.example.com`);
  const isPrivate = url.protocol === "https:" || (url.protocol === "http:" && LOOPBACK.test(url.hostname));
  if (!isPrivate)
    throw new ClientError("usage", "usage", `${option} must be https (http only on loopback): tokens travel over it`);
  if (url.username || url.password)
    throw new ClientError("usage", "usage", `${option} must not hold a user name or password`);
  return text.replace(/\/+$/, "");
}
