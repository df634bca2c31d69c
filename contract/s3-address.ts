/** Longest address that is repeated in a sentence; characters. */
const MOST = 200;

/** Returns the ARN of an address such as `s3://bucket/key`, to be written in its place; undefined for any other text. */
export const arnOfAddress = (text: string): string | undefined =>
  text.startsWith("s3://") ? arnOfPath(text.slice("s3://".length)) : undefined;

/** Returns the ARN of `bucket/key` or `bucket`; undefined for any other text. */
export function arnOfPath(text: string): string | undefined {
  const [path] = /^[a-z0-9][a-z0-9.-]+(?:\/.*)?$/s.exec(text) ?? [];
  return path && `arn:aws:s3:::${path.length > MOST ? "<bucket>/<key>" : path}`;
}
