import { isRegion, type Region } from "../deployment/region.ts";
import { hourlyKey } from "./archive-keys.ts";

/**
 * Witness of checkpoints: a bucket in another account, whose administrators are not those of the hub's account.
 */
export interface AnchorPlace {
  readonly bucket: string;
  /** Account that must own the bucket: anybody could create a bucket under a name that was given up. */
  readonly account: string;
  readonly region: Region;
}

/** Key of an hour's checkpoint at the witness, which may contain several logs. @param atMs epoch milliseconds. */
export const anchorKey = (origin: string, atMs: number): string => `${origin}/${hourlyKey(atMs)}`;

/** Writes the place for the function's environment: `bucket 111122223333 eu-central-1`, or `none`. */
export const anchorText = (place: AnchorPlace | undefined): string =>
  place === undefined ? "none" : `${place.bucket} ${place.account} ${place.region}`;

/**
 * Reads the place.
 * @returns undefined for `none`.
 * @throws {Error} for any other text: it must not pass for a log without a witness.
 */
export function parseAnchor(text: string): AnchorPlace | undefined {
  if (text === "none") return undefined;
  const [, bucket, account, region] = /^([a-z0-9-]{3,63}) (\d{12}) (\S+)$/.exec(text) ?? [];
  if (bucket === undefined || account === undefined || !isRegion(region))
    throw new Error(`no witness of the archive: ${text}`);
  return { bucket, account, region };
}
