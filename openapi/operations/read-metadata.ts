import type { Operation } from "../operation.ts";

/** `GET /.well-known/oauth-authorization-server` */
export const readMetadata: Operation = {
  id: "readMetadata",
  tag: "Exchange",
  description: "Where the OAuth endpoints are, which token types are exchanged, and what a token's audience must be.",
  answer: { status: 200, says: "The metadata.", schema: "Metadata" },
  accepted: {
    metadata: {
      says: "The metadata",
      arrange: async () => ({ route: "GET /.well-known/oauth-authorization-server" }),
    },
  },
  refused: {},
};
