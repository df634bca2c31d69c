import { expect, it } from "vitest";
import { ownSecrets } from "../../functions/connectors/own-secrets.ts";
import { sealingSecret } from "../../functions/hub-names.ts";
import type { Config } from "../../infra/config/schema.ts";
import { hubScopeOf, ownSecretArnsIn } from "../../infra/hub-scope.ts";
import { CONFIG } from "./deployed-stacks.ts";

it("a hub's functions may read the secrets that they call their own, by name, and the sealing key where there are tokens to seal", () => {
  const oauth = { name: "crm", issuer: "https://crm.example.com", endpoints: "oauth2", clientId: "valetkey" };
  const lists = { scopes: ["read"], resources: [], audiences: [], maxTokenSeconds: 3_600 };
  const config = {
    ...CONFIG,
    oauthProviders: [
      {
        ...oauth,
        ...lists,
        authentication: { method: "client_secret_basic", clientSecret: "providers/crm" },
        grant: { type: "token_exchange", subjectToken: "providers/crm-subject", subjectTokenType: "x" },
      },
      {
        ...oauth,
        ...lists,
        name: "erp",
        authentication: { method: "private_key_jwt", privateKey: "providers/erp-key", algorithm: "ES256" },
        grant: { type: "client_credentials" },
      },
    ],
    notify: { ops: { kind: "slack", secret: "notify/ops" } },
    githubApps: [{ owner: "acme", appId: 1, installationId: 2, privateKey: "github/acme", permissions: {} }],
  } as unknown as Config;
  const { ownSecrets: own, registrationTokens, approvalSecrets } = hubScopeOf(config);
  // Read by the functions of approvals alone; beyond the ceiling of the hub's account for every task.
  expect(approvalSecrets).toEqual(["notify/ops"]);
  expect(own).not.toContain("notify/ops");
  expect(ownSecretArnsIn(config.hub.account, hubScopeOf(config)).join()).toContain(":secret:notify/ops-??????");
  // Leased to nobody, and read by one function alone.
  expect(registrationTokens).toEqual(["clients/report-registration"]);
  expect(new Set([...own, ...registrationTokens, ...approvalSecrets])).toEqual(
    new Set([...ownSecrets(config as never), sealingSecret({})]),
  );
  expect(own).not.toContain("clients/report-registration");
  expect(hubScopeOf(CONFIG).ownSecrets).not.toContain("providers/crm");
});
