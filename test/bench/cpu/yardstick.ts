const DOCUMENT = JSON.stringify(
  Array.from({ length: 100 }, (_, index) => ({
    sid: `Statement${index}`,
    action: ["s3:GetObject", "s3:ListBucket"],
    resource: `arn:aws:s3:::acme-data/reports/${index}/*`,
  })),
);

/**
 * Parses and writes 12 KB of JSON, whose time follows the machine's speed. For measurements without a library to
 * compare with.
 */
export const yardstick = (): string => JSON.stringify(JSON.parse(DOCUMENT));

/** Words a ratio to the yardstick, which was measured in turn with the work. */
export const besideYardstick = (ratio: number): string =>
  `${ratio.toFixed(1)} times reading and writing ${(DOCUMENT.length / 1_000).toFixed(0)} KB of JSON, in the same process`;
