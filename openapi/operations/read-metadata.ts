import type { Operation } from "../operation.ts";

/** `GET /.well-known/oauth-authorization-server` */
export const readMetadata: Operation = {
  id: "readMetadata",
  tag: "Exchange",
  description:
    "Addresses of the OAuth endpoints, the token types that are exchanged, and the required audience of a token.",
  answer: { status: 200, says: "The metadata.", schema: "Metadata" },
  accepted: {
    metadata: {
      says: "The metadata",
      arrange: async () => ({ route: "GET /.well-known/oauth-authorization-server" }),
    },
  },
  refused: {},
};
