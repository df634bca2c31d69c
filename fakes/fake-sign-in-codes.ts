import type { SignInCode, SignInCodes } from "../functions/core/approvals/sign-in-codes.ts";
import type { Issuer } from "../functions/core/identity/issuer.ts";

/** Issuers that know these codes, each good once for the ID token that it was put for. */
export class FakeSignInCodes implements SignInCodes {
  readonly tokens = new Map<string, string>();
  /** Redeemed codes, with what redeemed them. */
  readonly asked: (SignInCode & { readonly issuer: string })[] = [];

  async redeem({ name }: Pick<Issuer, "name">, code: SignInCode): Promise<string | undefined> {
    this.asked.push({ ...code, issuer: name });
    const token = this.tokens.get(code.code);
    this.tokens.delete(code.code);
    return token;
  }
}
