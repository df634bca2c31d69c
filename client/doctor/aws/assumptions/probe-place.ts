import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import { settingsOf } from "../aws-access.ts";

/** Account and place in which the probes would make things, and the identity that would make them. */
export interface ProbePlace {
  readonly account: string;
  readonly region: string;
  /** Host that answered. */
  readonly endpoint: string;
  /** True where the host is one of AWS's. */
  readonly isAws: boolean;
  /** Name and version of AWS's SDK, from its own `User-Agent` header. */
  readonly sdk: string;
  /** Identity of the credentials at hand: its ARN, and `aws:userid`, which no other session has. */
  readonly caller: { readonly arn: string; readonly userId: string };
}

/** Finds the account of the credentials at hand, and the host that answers for it. @throws the SDK's own errors. */
export async function probePlace(region: string, env: NodeJS.ProcessEnv): Promise<ProbePlace> {
  const client = new STSClient(settingsOf({ account: "", region }));
  let [endpoint, sdk] = ["", ""];
  client.middlewareStack.add(
    (next) => (given) => {
      const { hostname, port, headers } = given.request as {
        readonly hostname: string;
        readonly port?: number;
        readonly headers: Readonly<Record<string, string>>;
      };
      endpoint = port === undefined ? hostname : `${hostname}:${port}`;
      sdk = /aws-sdk-js\/[\d.]+/.exec(headers["user-agent"] ?? headers["x-amz-user-agent"] ?? "")?.[0] ?? "";
      return next(given);
    },
    { step: "finalizeRequest" },
  );
  const { Account, Arn, UserId } = await client.send(new GetCallerIdentityCommand({}));
  const isElsewhere = Object.keys(env).some((name) => name.startsWith("AWS_ENDPOINT_URL") && env[name]);
  return {
    account: plain(Account),
    region,
    endpoint,
    sdk,
    isAws: !isElsewhere && /\.(amazonaws\.com(\.cn)?|api\.aws)$/.test(endpoint),
    caller: { arn: plain(Arn), userId: plain(UserId) },
  };
}

/** Keeps only characters of ARNs and ids: the text goes to a terminal, the report, and the roles' trust policies. */
const plain = (text = ""): string => text.replace(/[^\w+=,.@:/-]/g, "");
