/** Longest address that is repeated in a sentence; characters. */
const MOST = 200;

/** Returns the ARN of an address such as `s3://bucket/key`, to be written in its place; undefined for any other text. */
export function arnOfAddress(text: string): string | undefined {
  const [, path] = /^s3:\/\/([a-z0-9][a-z0-9.-]+(?:\/.*)?)$/s.exec(text) ?? [];
  return path && `arn:aws:s3:::${path.length > MOST ? "<bucket>/<key>" : path}`;
}
