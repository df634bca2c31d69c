/**
 * True where a JWT's unverified `aud` names another audience. Such a token must not be sent, since its recipient could use it at that audience. False for
 * an unreadable token, which the service refuses.
 */
export function isForAnother(token: string, audience: string): boolean {
  try {
    const { aud } = JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString("utf8"));
    return ![aud].flat().includes(audience);
  } catch {
    return false;
  }
}
