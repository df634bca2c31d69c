/** Types of the used parts of oidc-provider, which has none of its own. */
declare module "oidc-provider" {
  import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";

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
    readonly Grant: {
      new (given: {
        readonly accountId: string;
        readonly clientId: string;
      }): {
        addOIDCScope(scope: string): void;
        addResourceScope(resource: string, scope: string): void;
        save(): Promise<string>;
      };
    };
    callback(): RequestListener;
    /** Reads the sign-in that belongs to the request's cookie. */
    interactionDetails(
      request: IncomingMessage,
      response: ServerResponse,
    ): Promise<{ readonly uid: string; readonly prompt: { readonly name: string } }>;
    interactionFinished(
      request: IncomingMessage,
      response: ServerResponse,
      result: Readonly<Record<string, unknown>>,
    ): Promise<void>;
    registerGrantType(
      name: string,
      handler: (context: TokenContext) => Promise<void>,
      parameters: readonly string[],
    ): void;
  }
}

declare module "oidc-provider/lib/adapters/memory_adapter.js" {
  export const createMemoryAdapter: () => (model: string) => unknown;
}
