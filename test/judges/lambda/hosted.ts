import type { FunctionName } from "../../../contract/names.ts";
import { defined } from "../../../functions/core/defined.ts";
import { functionRoleName } from "../../../functions/hub-names.ts";
import { functionRoleArn, functionsOf } from "../../../infra/arns.ts";
import type { Cloud } from "../../../local/cloud/start-cloud.ts";
import { asAws, sourceOf } from "./aws-events.ts";
import type { DeployedFunction, Place, Trigger } from "./deployed.ts";
import { EmulatedFunction, type Ended, type Programs } from "./emulator.ts";
import { secretsIn } from "./findings.ts";

/** Invocation that the judge has seen. */
export interface Invocation extends Pick<Trigger, "kind" | "from"> {
  readonly function: string;
  readonly event: unknown;
  readonly ended: Ended;
}

/** Keys of a function's role, as the Lambda service gives them. */
export function keysOf({ aws, scope }: Cloud, name: FunctionName) {
  const keys = aws.keysFor(functionRoleArn(name, scope), functionRoleName(name, scope));
  return {
    accessKeyId: keys.accessKeyId,
    secretAccessKey: keys.secretAccessKey,
    ...defined({ sessionToken: keys.sessionToken }),
  };
}

/** Every function of a cloud in Lambda's own runtime, in place of the threads in which the cloud runs them. */
export class HostedFunctions {
  readonly invocations: Invocation[] = [];
  /** Secrets of all events and answers so far, and the secret keys of the functions. */
  readonly secrets = new Set<string>();
  readonly functions: ReadonlyMap<string, EmulatedFunction>;
  readonly #place: Place;

  constructor(cloud: Cloud, deployed: readonly DeployedFunction[], place: Place, programs: Programs) {
    this.#place = place;
    this.functions = new Map(
      functionsOf(cloud.scope).map((name) => {
        const function_ = deployed.find((each) => each.name === functionRoleName(name, cloud.scope));
        if (!function_) throw new Error(`the template has no function ${name}`);
        const { accessKeyId, secretAccessKey, sessionToken = "" } = keysOf(cloud, name);
        this.secrets.add(secretAccessKey);
        if (sessionToken !== "") this.secrets.add(sessionToken);
        const environment = {
          ...function_.environment,
          ...environmentOf(cloud.aws.endpoint, place.region),
          AWS_ACCESS_KEY_ID: accessKeyId,
          AWS_SECRET_ACCESS_KEY: secretAccessKey,
          AWS_SESSION_TOKEN: sessionToken,
        };
        const emulated = new EmulatedFunction(function_, environment, programs);
        // The cloud keeps no other reference to a function than this object, and invokes it for every event.
        const host = cloud.hosts[name] as { invoke: (event: unknown) => Promise<unknown> };
        host.invoke = async (event) => {
          const ended = await this.invoke(function_.name, event);
          if (ended.outcome !== "answer") throw new Error(`${name}: ${ended.what}`);
          return ended.answer;
        };
        return [function_.name, emulated] as const;
      }),
    );
  }

  /** Invokes a function with an event, to which the fields are added that AWS sends. */
  async invoke(name: string, event: unknown): Promise<Ended> {
    const sent = asAws(event, this.#place);
    const ended = (await this.functions.get(name)?.invoke(sent)) ?? { outcome: "error", what: "no such function" };
    for (const each of [sent, ended.outcome === "answer" ? ended.answer : undefined])
      for (const secret of secretsIn(each)) this.secrets.add(secret);
    this.invocations.push({ function: name, ...sourceOf(sent), event: sent, ended });
    return ended;
  }

  async close(): Promise<void> {
    await Promise.all([...this.functions.values()].map((each) => each.close()));
  }
}

/** Variables that Lambda sets, and the endpoint, which a deployment does not have. */
export const environmentOf = (endpoint: string, region: string) => ({
  AWS_REGION: region,
  AWS_DEFAULT_REGION: region,
  AWS_ENDPOINT_URL: endpoint,
});
