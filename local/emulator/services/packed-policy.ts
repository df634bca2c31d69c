import { deflateRawSync } from "node:zlib";
import { ServiceError } from "../service-error.ts";

/**
 * Upper bound on the packed bytes of a session's policy and tags. STS does not document its packing. This estimate
 * accepts any 2,048 ordinary characters and refuses 2,048 characters of noise.
 */
export const PACKED_LIMIT_BYTES = 1400;

/** Returns the share of the limit that policy and tags fill, in per cent. Refuses a share above 100. */
export function packedPolicySize(policyText: string | undefined, tags: ReadonlyMap<string, string>): number {
  if (policyText === undefined && tags.size === 0) return 0;
  const packed = deflateRawSync(JSON.stringify([policyText ?? "", ...tags]));
  const percent = Math.ceil((packed.length * 100) / PACKED_LIMIT_BYTES);
  if (percent > 100)
    throw new ServiceError(
      "PackedPolicyTooLarge",
      `Packed size of session tags consumes ${percent}% of allotted space (an estimate of the embedded AWS).`,
      400,
    );
  return percent;
}
