/** What these tests use of oidc-provider, which brings no types. */
declare module "oidc-provider" {
  import type { RequestListener } from "node:http";

  interface Token {
    readonly scope?: string;
    readonly expiration: number;
    destroy(): Promise<void>;
    save(): Promise<string>;
  }
  interface TokenContext {
    readonly oidc: { readonly client: unknown; readonly params: Readonly<Record<string, string | undefined>> };
    status: number;
    body: unknown;
  }
  export class Provider {
    constructor(issuer: string, configuration: Readonly<Record<string, unknown>>);
    readonly ClientCredentials: {
      new (given: { readonly client: unknown; readonly scope: string }): Token;
      find(value: string): Promise<Token | undefined>;
    };
    readonly InitialAccessToken: {
      new (given: { readonly policies: readonly string[] }): { save(): Promise<string> };
    };
    callback(): RequestListener;
    registerGrantType(
      name: string,
      handler: (context: TokenContext) => Promise<void>,
      parameters: readonly string[],
    ): void;
  }
}
