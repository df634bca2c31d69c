import { ClientError } from "../exit-codes.ts";

/** Hosts for which plain http stays on this machine. */
const LOOPBACK = /^(?:127\.\d{1,3}\.\d{1,3}\.\d{1,3}|localhost|\[::1\])$/;

/** Checks a URL to which tokens may be sent, https or http on loopback, and removes its trailing slash. @throws {ClientError} usage */
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
