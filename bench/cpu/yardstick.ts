const DOCUMENT = JSON.stringify(
  Array.from({ length: 100 }, (_, index) => ({
    sid: `Statement${index}`,
    action: ["s3:GetObject", "s3:ListBucket"],
    resource: `arn:aws:s3:::acme-data/reports/${index}/*`,
  })),
);

/** Reads and writes 12 KB of JSON: work that follows the machine's speed, for measurements that no library's own work compares with. */
export const yardstick = (): string => JSON.stringify(JSON.parse(DOCUMENT));

/** Tells a ratio to the yardstick, whose CPU time was measured in turn with the work. */
export const besideYardstick = (ratio: number): string =>
  `${ratio.toFixed(1)} times reading and writing ${(DOCUMENT.length / 1_000).toFixed(0)} KB of JSON, in the same process`;
