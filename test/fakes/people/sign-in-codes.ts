import type { SignInCode, SignInCodes } from "../../../functions/core/approvals/sign-in-codes.ts";
import type { Issuer } from "../../../functions/core/identity/issuer.ts";

/** Fake issuers with codes. A code can be redeemed once, for its ID token. */
export class FakeSignInCodes implements SignInCodes {
  readonly tokens = new Map<string, string>();
  /** Redemptions, each with its code, verifier and redirect address. */
  readonly asked: (SignInCode & { readonly issuer: string })[] = [];

  async redeem({ name }: Pick<Issuer, "name">, code: SignInCode): Promise<string | undefined> {
    this.asked.push({ ...code, issuer: name });
    const token = this.tokens.get(code.code);
    this.tokens.delete(code.code);
    return token;
  }
}
