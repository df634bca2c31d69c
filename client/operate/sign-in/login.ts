import { defined } from "../../../functions/core/defined.ts";
import {
  type Deployments,
  DeploymentsFile,
  isDeploymentName,
  type NamedDeployment,
  type SignInPlace,
} from "../../deployments/deployments-file.ts";
import { chosenPlace, type HubMetadata, offersIn } from "../../deployments/hub-sign-in.ts";
import { ClientError } from "../../exit-codes.ts";
import { ownCommand } from "../../own-command.ts";
import { recordOf } from "../../task/fields.ts";
import { safeUrl } from "../../task/safe-url.ts";
import { callService } from "../../task/service.ts";
import { confirmed } from "../confirm.ts";
import type { OperatorCommand } from "../operator.ts";
import { type OperatorOptions, parseOperator, secondsIn } from "../operator-options.ts";
import { LoginFile, placeOf } from "./login-file.ts";
import { signIn } from "./sign-in.ts";

const TIMEOUT_MS = 10_000;
/** Default scope: OpenID Connect's, with a refresh token. */
const SCOPE = "openid offline_access";

/**
 * Runs `valetkey login [--issuer <url> --client-id <id>] [--name <name>] [--device]`: gets the operator's token and stores it in the user's own file. Without
 * issuer and client, the hub names the place to sign in, and the person accepts that place once.
 */
export const login: OperatorCommand = async (argv, env, report) => {
  const names = ["issuer", "client-id", "scope", "resource", "device", "wait", "name", "yes"] as const;
  const options = parseOperator("login", argv, env, names);
  const { scope, resource, device, wait, name } = options.option;
  const patienceMs = secondsIn(wait ?? "300", "--wait") * 1_000;
  const { url, audience } = options;
  const deployments = new DeploymentsFile(env);
  if (name !== undefined) await refuseAnotherAddress(name, url, deployments.read());
  const hub = await report.patiently("waiting for valetkey", metadataOf(url));
  refuseAnotherAudience(url, hub, audience);
  const file = new LoginFile(env);
  const place = await placeFor(options, hub, knownPlace(url, deployments, file));
  const request = {
    issuer: place.issuer,
    clientId: place.clientId,
    audience,
    patienceMs,
    scope: scope ?? place.scope ?? SCOPE,
    resource:
      resource === "" || (resource === undefined && place.resource === false) ? undefined : (resource ?? audience),
  };
  // Checks before the sign-in that the login can be stored.
  const before = await file.change(url, async (stored) => stored);
  const token = await signIn(request, device === true, report);
  const signedIn = { ...token, ...(request.scope === SCOPE ? {} : { scope: request.scope }) };
  await file.change(url, async () => signedIn);
  await remember(deployments, { url, signIn: placeOf(signedIn) }, name);
  const [now, earlier] = [subjectOf(signedIn.token), before && subjectOf(before.token)];
  const as = now === undefined ? "" : ` as ${now}`;
  const until = new Date(signedIn.expiresAtMs).toISOString();
  const instead = earlier === undefined || earlier === now ? "" : `, in place of the login of ${earlier}`;
  report.note("logged_in", `logged in${as} until ${until}; stored in ${file.path}${instead}`, {
    ...defined({ as: now, in_place_of: instead === "" ? undefined : earlier }),
  });
  return 0;
};

const SUBJECT = /^[\x21-\x7e]{1,128}$/;

/** Reads the subject of a token, unverified, to show it; undefined where it is no JWT. */
function subjectOf(token: string): string | undefined {
  try {
    const { sub } = recordOf(JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString("utf8")));
    return typeof sub === "string" && SUBJECT.test(sub) ? sub : undefined;
  } catch {
    return undefined;
  }
}

type LoginOptions = Pick<OperatorOptions<"issuer" | "client-id" | "yes">, "url" | "option">;

/** Finds the place to sign in, from the command line or from the hub. @throws {ClientError} usage, identity */
async function placeFor(
  { url, option }: LoginOptions,
  hub: HubMetadata,
  known: SignInPlace | undefined,
): Promise<SignInPlace> {
  const { issuer, "client-id": clientId, yes = false } = option;
  if (clientId !== undefined && issuer === undefined) throw usage("--client-id goes with --issuer");
  const at = issuer === undefined ? undefined : safeUrl(issuer, "--issuer");
  if (at !== undefined && clientId !== undefined) return { issuer: at, clientId };
  return await chosenPlace({ url, offers: offersIn(hub), known, issuer: at, yes });
}

/** Finds the place that the person has used for this address. */
function knownPlace(url: string, deployments: DeploymentsFile, file: LoginFile): SignInPlace | undefined {
  const named = Object.values(deployments.read().named).find((each) => each.url === url && each.signIn);
  const login = file.read(url);
  return named?.signIn ?? (login && placeOf(login));
}

/** Stores an accepted place under the given name, or under every name of the address. Makes the very first name the current one. */
async function remember(file: DeploymentsFile, deployment: NamedDeployment, name: string | undefined): Promise<void> {
  const isKnown = Object.values(file.read().named).some(({ url }) => url === deployment.url);
  if (name === undefined && !isKnown) return;
  await file.change(({ current = name, named }) => ({
    ...defined({ current }),
    named: {
      ...Object.fromEntries(
        Object.entries(named).map(([each, had]) => [each, had.url === deployment.url ? deployment : had]),
      ),
      ...(name === undefined ? {} : { [name]: deployment }),
    },
  }));
}

/** Refuses a name that another address has, unless the person confirms, since commands with that name would use the new address. @throws {ClientError} usage */
async function refuseAnotherAddress(name: string, url: string, { named }: Deployments): Promise<void> {
  if (!isDeploymentName(name)) throw usage("--name takes 1 to 32 of a-z, 0-9 and -");
  const had = Object.hasOwn(named, name) ? named[name] : undefined;
  if (!had || had.url === url) return;
  if (await confirmed(`${name} is the name of ${had.url} so far; it would become the name of ${url}`)) return;
  throw usage(
    `${name} is the name of ${had.url} already: choose another name, or run ${ownCommand()} use --forget ${name} first`,
  );
}

/** Runs `valetkey logout`: removes the stored login. */
export const logout: OperatorCommand = async (argv, env, report) => {
  const options = parseOperator("logout", argv, env);
  await new LoginFile(env).change(options.url, async () => undefined);
  report.note("logged_out", `no login for ${options.url} is stored any more`);
  return 0;
};

/** Reads the metadata of the hub at an address. @throws {ClientError} unavailable */
async function metadataOf(url: string): Promise<HubMetadata & { readonly audiences?: { readonly operate?: unknown } }> {
  const address = `${url}/.well-known/oauth-authorization-server`;
  const answer = await callService({ url: address, method: "GET", timeoutMs: TIMEOUT_MS });
  if (answer !== undefined) return answer.body;
  throw new ClientError("unavailable", "unreachable", `${new URL(url).host} cannot be reached; check --url`);
}

/**
 * Compares the audience with the one in the service's metadata, and refuses a different one. Never adopts the service's answer, since a server that names
 * another service would get a token for that service. RFC 9728, section 3.3, and RFC 8707 demand this comparison.
 */
function refuseAnotherAudience(
  url: string,
  hub: { readonly audiences?: { readonly operate?: unknown } },
  audience: string,
): void {
  const { host } = new URL(url);
  const { operate } = recordOf(hub.audiences);
  if (typeof operate !== "string")
    throw new ClientError("unavailable", "answer_unreadable", "the answer is not one of valetkey's; check --url");
  if (operate === audience) return;
  throw new ClientError(
    "usage",
    "another_audience",
    `${host} accepts operators' tokens for another audience than ${audience}, so no token was requested: --url must be the url of valetkey.json. If you know the audience yourself, give --audience`,
  );
}

const usage = (sentence: string): ClientError => new ClientError("usage", "usage", sentence);
