import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import { settingsOf } from "../aws-access.ts";

/** Account and place in which the probes would make things, and who makes them. */
export interface ProbePlace {
  readonly account: string;
  readonly region: string;
  /** Host that answered, and whether it is one of AWS's. */
  readonly endpoint: string;
  readonly isAws: boolean;
  /** Name and version of AWS's SDK, as it tells AWS. */
  readonly sdk: string;
  /** Identity of the credentials at hand: its ARN, and `aws:userid`, which no other session has. */
  readonly caller: { readonly arn: string; readonly userId: string };
}

/** Finds the account of the credentials at hand, and who answers for it. @throws the SDK's own errors. */
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
    ...{ account: plain(Account), region, endpoint, sdk },
    isAws: !isElsewhere && /\.(amazonaws\.com(\.cn)?|api\.aws)$/.test(endpoint),
    caller: { arn: plain(Arn), userId: plain(UserId) },
  };
}

/** Takes the characters of ARNs and ids, and no others: the text goes to a terminal, to the report, and into the roles' trust. */
const plain = (text = ""): string => text.replace(/[^\w+=,.@:/-]/g, "");
