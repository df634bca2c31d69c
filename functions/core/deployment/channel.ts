/** Channel that is notified of requests for approval. Only `notify` reads its secret. */
export type Channel =
  | { readonly kind: "slack"; readonly secret: string }
  /** Signed by the Standard Webhooks convention. */
  | { readonly kind: "webhook"; readonly url: string; readonly secret: string };
