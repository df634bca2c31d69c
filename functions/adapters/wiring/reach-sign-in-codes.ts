import type { SignInCodes } from "../../core/approvals/sign-in-codes.ts";
import type { Deployment } from "../../core/deployment/deployment.ts";

/**
 * Makes the port that redeems codes. The clients are loaded at the first code, since most issuers let the page redeem
 * codes.
 */
export function reachSignInCodes(deployment: Pick<Deployment, "prefix">): SignInCodes {
  let loading: Promise<SignInCodes> | undefined;
  const load = async (): Promise<SignInCodes> => {
    const [{ Oauth4webapiCodes }, { SecretsManager }] = await Promise.all([
      import("../sign-in/oauth4webapi-codes.ts"),
      import("../secrets-manager/secrets-manager.ts"),
    ]);
    const manager = new SecretsManager(deployment);
    return new Oauth4webapiCodes(async (name) => (await manager.own(name)).text);
  };
  return {
    redeem: async (...input) => {
      loading ??= load();
      return (await loading).redeem(...input);
    },
  };
}
