import { JoseTokens } from "../../functions/adapters/jose/jose-tokens.ts";
import { Oauth4webapiCodes } from "../../functions/adapters/sign-in/oauth4webapi-codes.ts";
import { defined } from "../../functions/core/defined.ts";
import { deploymentOf, readConfig } from "../../infra/config/read-config.ts";
import type { Finding } from "./finding.ts";
import { judgeTried } from "./sign-in/judge-tried.ts";
import { parseTried } from "./sign-in/parse-tried.ts";

/** Trial sign-in of an approver at one issuer, on the console's page. */
export interface SignInTrial {
  /** Page on which the person signs in. */
  readonly page: string;
  /** True where the text is complete. */
  isWhole(text: string): boolean;
  /** Judges what the page showed. @param operatorToken the person's token of another client, for comparison. */
  judge(text: string, operatorToken: string | undefined): Promise<readonly Finding[]>;
}

/**
 * Prepares the trial of an issuer's sign-in.
 * @param secret secret of the client for approvals, for issuers whose codes the hub redeems.
 * @throws {Error} where `valetkey.json` cannot be used, or nobody of the issuer approves; the message names the missing
 * setting.
 */
export function trySignIn(configFile: string, name: string, secret: string | undefined): SignInTrial {
  const deployment = deploymentOf(readConfig(configFile));
  const approving = deployment.issuers.flatMap((issuer) =>
    issuer.approvals ? [{ ...issuer, approvals: issuer.approvals }] : [],
  );
  const issuer = approving.find((each) => each.name === name);
  if (!issuer)
    throw new Error(
      `${configFile} has no issuer "${name}" with approvals; those with them: ${approving.map((each) => each.name).join(", ") || "none"}`,
    );
  if (!deployment.console) throw new Error(`${configFile} has no console.url, on whose page people sign in`);
  return {
    page: `${deployment.console.url}/sign-in/${name}`,
    isWhole: (text) => parseTried(text) !== undefined,
    judge: async (text, operatorToken) => {
      const tried = parseTried(text);
      if (tried?.issuer !== name) throw new Error(`that is not what the page of ${name} shows; copy all of it`);
      return judgeTried(tried, issuer, deployment, {
        tokens: new JoseTokens(Date.now),
        clock: { nowMs: Date.now },
        ...(secret === undefined ? {} : { codes: new Oauth4webapiCodes(async () => secret) }),
        ...defined({ operatorToken }),
      });
    },
  };
}
