/** A `valetkey.json` with every field that there is, in every form. A new field belongs here; `every-change.test.ts` asks for it. */
export const WHOLE = {
  $schema: "./valetkey.schema.json",
  hub: { account: "999900001111", region: "eu-central-1" },
  prefix: "valetkey-blue",
  url: "https://valetkey.example.com",
  issuers: [
    {
      ...{ name: "github", kind: "agents", preset: "generic", url: "https://tokens.example.com", pin: "repository_id" },
      ...{ jwksUrl: "https://tokens.example.com/keys", algorithms: ["RS256", "ES256"], maxLifetimeSeconds: 600 },
      ...{ skewSeconds: 10, replay: { mode: "window", cap: 5 }, required: { owner: "acme", ref: "main" } },
    },
    {
      ...{ name: "mesh", kind: "agents", preset: "generic", url: "https://mesh.example.com", algorithms: ["ES256"] },
      ...{ replay: { mode: "single_use" } },
    },
    {
      ...{ name: "staff", kind: "people", preset: "generic", url: "https://login.example.com", onBehalf: true },
      ...{ person: "oid", groupsClaim: "groups", required: { tid: "acme" } },
      console: {
        ...{ clientId: "console", scope: "openid", parameters: { resource: "https://a.example.com", more: "1" } },
        tokenUrl: "https://login.example.com/token",
      },
      cli: { clientId: "cli", scope: "openid", resource: false },
      approvals: {
        ...{ clientId: "approvals", freshness: "auth_time", acr: ["phr", "mfa"] },
        ...{ tokenExchange: "hub", secret: "valetkey/approvals" },
      },
    },
    {
      ...{ name: "guests", kind: "people", preset: "generic", url: "https://guests.example.com" },
      approvals: { clientId: "approvals", freshness: "auth_time" },
    },
  ],
  accounts: [
    {
      ...{ id: "111122223333", region: "eu-central-1", regions: ["eu-west-1", "eu-west-2"], taskRoles: 4 },
      ...{ formerTaskRoles: 8, personTag: true, production: true, ceiling: ["s3:*", "kms:Decrypt"] },
      dataEvents: ["s3", "dynamodb"],
      exceptions: {
        passRoles: [
          {
            role: "arn:aws:iam::111122223333:role/app",
            services: ["ecs-tasks.amazonaws.com", "lambda.amazonaws.com"],
          },
          { role: "arn:aws:iam::111122223333:role/job", services: ["lambda.amazonaws.com"] },
        ],
        runTasks: {
          taskDefinitions: [
            "arn:aws:ecs:eu-central-1:111122223333:task-definition/app:1",
            "arn:aws:ecs:eu-central-1:111122223333:task-definition/job:1",
          ],
          clusters: [
            "arn:aws:ecs:eu-central-1:111122223333:cluster/app",
            "arn:aws:ecs:eu-central-1:111122223333:cluster/job",
          ],
        },
        updateFunctions: [
          "arn:aws:lambda:eu-central-1:111122223333:function:app",
          "arn:aws:lambda:eu-central-1:111122223333:function:job",
        ],
        sendCommands: {
          documents: [
            "arn:aws:ssm:eu-central-1:111122223333:document/one",
            "arn:aws:ssm:eu-central-1:111122223333:document/two",
          ],
          targets: [
            "arn:aws:ec2:eu-central-1:111122223333:instance/i-0a1b2c3d4e5f60718",
            "arn:aws:ec2:eu-central-1:111122223333:instance/i-0a1b2c3d4e5f60719",
          ],
        },
        startAutomations: [
          "arn:aws:ssm:eu-central-1:111122223333:automation-definition/one:1",
          "arn:aws:ssm:eu-central-1:111122223333:automation-definition/two:1",
        ],
      },
    },
    { id: "444455556666", region: "eu-central-1", taskRoles: 4 },
    { id: "777788889999", region: "eu-central-1", taskRoles: 4, retired: true },
  ],
  organization: {
    units: ["o-a1b2c3d4e5/r-ab12/ou-ab12-11111111", "o-a1b2c3d4e5/r-ab12/ou-ab12-22222222"],
    ...{ management: "222233334444", stackSets: true },
  },
  operators: [
    { issuer: "staff", subject: "alice" },
    { issuer: "staff", subject: "bob" },
  ],
  stepUp: true,
  console: { url: "https://console.example.com" },
  approvers: {
    sre: {
      ...{ issuer: "staff", claim: "groups", value: "sre", acr: ["phr", "mfa"], amr: ["hwk", "pin"] },
      ...{ timeoutSeconds: 600, useWithinSeconds: 240, notify: ["chat", "hook"] },
    },
    leads: { issuer: "guests", persons: ["ann", "bea"] },
  },
  notify: {
    chat: { kind: "slack", secret: "valetkey/slack" },
    hook: { kind: "webhook", url: "https://hooks.example.com", secret: "valetkey/hook" },
  },
  databases: [
    {
      ...{ name: "orders", host: "orders.example.com", port: 5432, database: "orders" },
      ...{ adminSecret: "admin/orders", production: true },
    },
    { name: "bills", host: "bills.example.com", port: 5432, database: "bills", adminSecret: "admin/bills" },
  ],
  oauthProviders: [
    {
      ...{ name: "crm", issuer: "https://crm.example.com", endpoints: "oauth2", clientId: "valetkey" },
      authentication: { method: "client_secret_basic", clientSecret: "crm/secret" },
      grant: { type: "client_credentials" },
      ...{ scopes: ["read", "write"], resources: ["a", "b"], audiences: ["c", "d"], maxTokenSeconds: 600 },
      production: true,
    },
    {
      ...{ name: "erp", issuer: "https://erp.example.com", clientId: "valetkey" },
      endpoints: { token: "https://erp.example.com/token", revocation: "https://erp.example.com/revoke" },
      authentication: { method: "private_key_jwt", privateKey: "erp/key", algorithm: "ES256", keyId: "one" },
      grant: {
        ...{ type: "token_exchange", subjectToken: "erp/token" },
        subjectTokenType: "urn:ietf:params:oauth:token-type:jwt",
      },
      ...{ scopes: ["read"], maxTokenSeconds: 600 },
    },
  ],
  githubApps: [
    {
      ...{
        owner: "acme",
        appId: 1,
        installationId: 2,
        privateKey: "github/acme",
        apiUrl: "https://github.example.com/api/v3",
      },
      ...{ permissions: { contents: "read", issues: "read" }, production: true },
    },
    { owner: "other", appId: 1, installationId: 3, privateKey: "github/other", permissions: { contents: "read" } },
  ],
  secrets: [{ name: "prod/*", production: true }, { name: "test/*" }],
  recertification: { everyDays: 60, warnDays: [14, 3] },
  validate: "observe",
  receipts: { sample: 0.5 },
  oauthClients: [
    {
      ...{ secret: "crm/client", clientId: "agents", configurationUrl: "https://crm.example.com/register/1" },
      registrationToken: "crm/registration",
    },
    {
      ...{ secret: "erp/client", clientId: "agents", configurationUrl: "https://erp.example.com/register/1" },
      registrationToken: "erp/registration",
    },
  ],
  vpc: {
    subnets: ["subnet-0a1b2c3d4e5f60718", "subnet-0a1b2c3d4e5f60719"],
    securityGroups: ["sg-0a1b2c3d4e5f60718", "sg-0a1b2c3d4e5f60719"],
  },
  escalation: {
    ...{ E1: "suspend_agent", E2: "end_task", E3: "halt_account", E4: "suspend_agent", E6: "end_task" },
    ...{ E7: "revoke_token", E8: "cool_down", suspensionsPerHour: 3 },
    tripwires: ["arn:aws:s3:::acme/bait-1", "arn:aws:s3:::acme/bait-2"],
  },
  alarms: {
    emails: ["oncall@acme.example", "second@acme.example"],
    topics: ["arn:aws:sns:eu-central-1:999900001111:pager", "arn:aws:sns:eu-central-1:999900001111:chat"],
  },
  archive: {
    ...{ mode: "compliance", days: 400, proofDays: 400 },
    anchor: { bucket: "acme-anchor", account: "333344445555", region: "eu-west-1" },
    auditors: ["arn:aws:iam::999900001111:role/audit", "arn:aws:iam::999900001111:role/second"],
  },
  administrators: ["arn:aws:iam::999900001111:role/restore", "arn:aws:iam::999900001111:role/redrive"],
  restoredAt: "2026-11-27T13:00:00Z",
  table: {
    ...{ copiedAt: "2026-11-27T12:00:00Z", name: "valetkey-restored" },
    stream: "arn:aws:dynamodb:eu-central-1:999900001111:table/valetkey-restored/stream/1",
  },
  siem: true,
  signals: [
    {
      ...{ name: "idp", url: "https://signals.example.com", jwksUrl: "https://signals.example.com/keys" },
      ...{ audience: "valetkey", algorithms: ["RS256", "ES256"], people: "staff", subjects: "opaque" },
    },
    { name: "second", url: "https://second.example.com", people: "staff" },
  ],
  toolServers: {
    tickets: { resource: "https://tickets.example.com", production: true },
    wiki: { resource: "https://wiki.example.com" },
  },
  threatModels: { warnUntil: "2027-01-31T00:00:00Z" },
  bus: { publishers: ["123412341234", "arn:aws:iam::123412341235:role/publisher"] },
};
