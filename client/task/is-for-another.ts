/**
 * Says whether a JWT is for another audience, by its own unverified word: whoever is at the address could use it elsewhere, so it is not sent there.
 * What cannot be read says nothing; the service refuses that.
 */
export function isForAnother(token: string, audience: string): boolean {
  try {
    const { aud } = JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString("utf8"));
    return ![aud].flat().includes(audience);
  } catch {
    return false;
  }
}
