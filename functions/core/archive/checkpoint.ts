/** Statement of a log that the tree of this size has this hash. https://c2sp.org/tlog-checkpoint */
export interface Checkpoint {
  /** Name of the log, without spaces or `+`: `valetkey/<hub account>/<region>`. */
  readonly origin: string;
  readonly size: number;
  /** Hash of the tree, 32 bytes. */
  readonly root: Buffer;
}

/** Writes a checkpoint's text, for signing. */
export const checkpointText = ({ origin, size, root }: Checkpoint): string =>
  `${origin}\n${size}\n${root.toString("base64")}\n`;

/** Reads a checkpoint's text, without extension lines. @returns undefined for any other form. */
export function parseCheckpoint(text: string): Checkpoint | undefined {
  const [origin = "", sizeText = "", rootText = "", ...rest] = text.split("\n");
  const checkpoint = { origin, size: Number(sizeText), root: Buffer.from(rootText, "base64") };
  const isWritten = Number.isSafeInteger(checkpoint.size) && checkpoint.root.length === 32 && rest.length === 1;
  return isWritten && checkpointText(checkpoint) === text ? checkpoint : undefined;
}
