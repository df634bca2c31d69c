/** Request of the AWS SDK for JavaScript, as far as a signature needs it. */
export interface SdkRequest {
  method: string;
  hostname: string;
  path: string;
  query?: Record<string, string | string[] | null>;
  headers: Record<string, string>;
  // biome-ignore lint/suspicious/noExplicitAny: the SDK's own type of a body, of which some are read
  body?: any;
}

/** Signer in the form of the AWS SDK for JavaScript: `new S3Client({ signer })`. */
export interface SdkSigner {
  readonly sign: <R extends SdkRequest>(request: R, options?: { readonly signingRegion?: string }) => Promise<R>;
}
