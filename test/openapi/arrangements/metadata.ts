import type * as metadata from "../../../contract/metadata.ts";
import type { ArrangementsOf } from "../from-contract.ts";

/** Calls of the operation on the metadata. */
export const METADATA = {
  readMetadata: {
    examples: { metadata: async () => ({ route: "GET /.well-known/oauth-authorization-server" }) },
    refused: {},
  },
} as const satisfies ArrangementsOf<typeof metadata>;
