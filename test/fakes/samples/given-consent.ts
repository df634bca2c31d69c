import type { Answer, FakeService } from "../world/service.ts";
import { ACCOUNT } from "../world/world.ts";
import { perform, type RequestedAct, votedFor } from "./voted-act.ts";

type Json = Readonly<Record<string, unknown>>;

/** Details that the usual consent covers: some reports. */
export const CEILING = [
  { type: "aws", account: ACCOUNT, actions: ["s3:GetObject"], resources: ["arn:aws:s3:::acme-data/reports/north/*"] },
];

/** Makes the act of a consent: the agent `demo` may read reports of the north. */
export const aConsent = (changed: Json = {}): RequestedAct & { readonly body: Json } => ({
  route: "POST /v1/consents",
  body: { agent: "demo", purpose: "summarise my reports", authorization_details: CEILING, ...changed },
});

/** Makes the token by which a person reads and operates. */
export const personsToken = ({ world }: FakeService, person = "pat", claims: Json = {}): string =>
  world.operatorToken({ sub: person, groups: ["support"], ...claims });

/** Sends a consent with the person's vote for exactly this consent. */
export const sendConsent = (service: FakeService, changed: Json = {}, person = "pat", claims: Json = {}) =>
  perform(
    service,
    aConsent(changed),
    votedFor(service.world, aConsent(changed), { groups: ["support"], ...claims }, person),
    personsToken(service, person, claims),
  );

/** Gives a consent. @returns its id. */
export async function giveConsent(service: FakeService, changed: Json = {}, person = "pat"): Promise<string> {
  const { status, body } = await sendConsent(service, changed, person);
  if (status !== 201) throw new Error(`not given: ${JSON.stringify(body)}`);
  return String(body.id);
}

/** Withdraws a consent, by default as its person. */
export const withdrawConsent = (
  service: FakeService,
  consent: string,
  token = personsToken(service),
): Promise<Answer> => service.operate("POST /v1/consents/{consent}/withdraw", { parameters: { consent }, token });
