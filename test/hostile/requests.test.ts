import { describe, expect, it } from "vitest";
import type { RefusalCode } from "../../contract/refusals.ts";
import { tokenEndpoint } from "../../functions/exchange/token-endpoint.ts";
import type { HttpEvent } from "../../functions/http/event.ts";
import { exchangeForm, formEvent } from "../fakes/world/world.ts";
import { type HostileWorld, hostileWorld } from "./hostile-world.ts";
import { secretsIn } from "./secrets-in.ts";
import { traces } from "./traces.ts";

const good = (world: HostileWorld): HttpEvent => formEvent(exchangeForm(world.mint()));
const base64 = (text: string): string => Buffer.from(text).toString("base64");
const typed = (event: HttpEvent, type: string | undefined): HttpEvent => ({
  ...event,
  headers: { "content-type": type },
});
const bodied = (event: HttpEvent, change: (body: string) => string): HttpEvent => ({
  ...event,
  body: change(event.body ?? ""),
});

/** Requests that a party on their way (a firewall, a gateway, a log) may read differently than we do. */
const SMUGGLED: readonly (readonly [what: string, (event: HttpEvent) => HttpEvent, RefusalCode])[] = [
  ["no content type", (e) => typed(e, undefined), "unsupported_media_type"],
  ["an empty content type", (e) => typed(e, ""), "unsupported_media_type"],
  [
    "a content type twice",
    (e) => typed(e, "application/x-www-form-urlencoded, application/json"),
    "unsupported_media_type",
  ],
  [
    "a content type twice the same",
    (e) => typed(e, "application/x-www-form-urlencoded,application/x-www-form-urlencoded"),
    "unsupported_media_type",
  ],
  [
    "a content type under a name in capitals",
    (e) => ({ ...e, headers: { "Content-Type": "application/x-www-form-urlencoded" } }),
    "unsupported_media_type",
  ],
  [
    "JSON",
    (e) => ({ ...typed(e, "application/json"), body: JSON.stringify(Object.fromEntries(new URLSearchParams(e.body))) }),
    "unsupported_media_type",
  ],
  ["multipart", (e) => typed(e, "multipart/form-data; boundary=x"), "unsupported_media_type"],
  ["text", (e) => typed(e, "text/plain"), "unsupported_media_type"],
  ["a charset of UTF-7", (e) => typed(e, "application/x-www-form-urlencoded; charset=utf-7"), "unsupported_media_type"],
  [
    "a charset of UTF-16",
    (e) => typed(e, "application/x-www-form-urlencoded;charset=UTF-16LE"),
    "unsupported_media_type",
  ],
  [
    "a charset of IBM 037",
    (e) => typed(e, "application/x-www-form-urlencoded; charset=ibm037"),
    "unsupported_media_type",
  ],
  [
    "a second charset",
    (e) => typed(e, "application/x-www-form-urlencoded; charset=utf-8; charset=utf-7"),
    "unsupported_media_type",
  ],
  ["no body", (e) => ({ ...e, body: undefined }), "malformed_request"],
  ["a body in base64 without the flag for it", (e) => bodied(e, base64), "malformed_request"],
  ["a body with the flag for base64 that is none", (e) => ({ ...e, isBase64Encoded: true }), "malformed_request"],
  [
    "bytes that are no UTF-8",
    (e) => ({
      ...e,
      isBase64Encoded: true,
      body: Buffer.concat([Buffer.from(`${e.body}&x=`), Buffer.from([0xff])]).toString("base64"),
    }),
    "malformed_request",
  ],
  ["escapes that are no UTF-8", (e) => bodied(e, (b) => `${b}&x=%FF`), "malformed_request"],
  ["escapes of an overlong slash", (e) => bodied(e, (b) => `${b}&x=%C0%AF`), "malformed_request"],
  ["escapes of a lone surrogate", (e) => bodied(e, (b) => `${b}&x=%ED%A0%80`), "malformed_request"],
  ["a percent sign that encodes nothing", (e) => bodied(e, (b) => `${b}&x=100%`), "malformed_request"],
  ["an escape in JavaScript's fashion", (e) => bodied(e, (b) => `${b}&x=%u0041`), "malformed_request"],
  ["a byte-order mark", (e) => bodied(e, (b) => `\ufeff${b}`), "malformed_request"],
  ["a question mark at the beginning", (e) => bodied(e, (b) => `?${b}`), "malformed_request"],
  ["semicolons in place of ampersands", (e) => bodied(e, (b) => b.replaceAll("&", ";")), "unsupported_grant_type"],
  ["a parameter twice", (e) => bodied(e, (b) => `${b}&purpose=other`), "malformed_request"],
  ["a parameter twice, once empty and last", (e) => bodied(e, (b) => `${b}&purpose=`), "malformed_request"],
  ["a parameter twice, once empty and first", (e) => bodied(e, (b) => `subject_token=&${b}`), "malformed_request"],
  [
    "a parameter twice, once with its name encoded",
    (e) => bodied(e, (b) => `${b}&%70urpose=other`),
    "malformed_request",
  ],
  [
    "a parameter as a list",
    (e) => bodied(e, (b) => b.replace("subject_token=", "subject_token[]=")),
    "malformed_request",
  ],
  [
    "a parameter in capitals",
    (e) => bodied(e, (b) => b.replace("subject_token=", "SUBJECT_TOKEN=")),
    "malformed_request",
  ],
  [
    "a parameter's name with NUL behind it",
    (e) => bodied(e, (b) => b.replace("subject_token=", "subject_token%00=")),
    "malformed_request",
  ],
  [
    "a parameter's name with a space behind it",
    (e) => bodied(e, (b) => b.replace("subject_token=", "subject_token+=")),
    "malformed_request",
  ],
  ["parameters in the query instead", (e) => ({ ...e, rawQueryString: e.body ?? "", body: "" }), "malformed_request"],
  [
    "parameters in the prototype",
    (e) => bodied(e, () => "__proto__[grant_type]=x&constructor=y&__proto__=z"),
    "malformed_request",
  ],
  [
    "another grant",
    (e) => bodied(e, (b) => b.replace(/grant_type=[^&]*/, "grant_type=client_credentials")),
    "unsupported_grant_type",
  ],
  [
    "a grant in capitals",
    (e) => bodied(e, (b) => b.replace(/grant_type=[^&]*/, (g) => g.toUpperCase().replace("GRANT_TYPE", "grant_type"))),
    "unsupported_grant_type",
  ],
  ["an actor beside the subject", (e) => bodied(e, (b) => `${b}&actor_token=x`), "malformed_request"],
  ["an actor's type without an actor", (e) => bodied(e, (b) => `${b}&actor_token_type=x`), "unsupported_token_type"],
  [
    "a token type that nobody knows",
    (e) => bodied(e, (b) => b.replace(/subject_token_type=[^&]*/, "subject_token_type=saml2")),
    "unsupported_token_type",
  ],
  ["a purpose with NUL", (e) => bodied(e, (b) => b.replace(/purpose=[^&]*/, "purpose=a%00b")), "malformed_request"],
  [
    "a purpose that turns text around",
    (e) => bodied(e, (b) => b.replace(/purpose=[^&]*/, "purpose=%E2%80%AEgnp.exe")),
    "malformed_request",
  ],
  [
    "a purpose that clears the screen",
    (e) => bodied(e, (b) => b.replace(/purpose=[^&]*/, "purpose=%1B%5B2J")),
    "malformed_request",
  ],
  [
    "a purpose of a kilobyte",
    (e) => bodied(e, (b) => b.replace(/purpose=[^&]*/, `purpose=${"p".repeat(257)}`)),
    "malformed_request",
  ],
  ["a task for ever", (e) => bodied(e, (b) => `${b}&task_ttl=99999999999`), "malformed_request"],
  ["a task of no time", (e) => bodied(e, (b) => `${b}&task_ttl=0`), "malformed_request"],
  ["a task of -1 second", (e) => bodied(e, (b) => `${b}&task_ttl=-1`), "malformed_request"],
  ["a task of 1e3 seconds", (e) => bodied(e, (b) => `${b}&task_ttl=1e3`), "malformed_request"],
  ["a task of 0x10 seconds", (e) => bodied(e, (b) => `${b}&task_ttl=0x10`), "malformed_request"],
  ["a task of Arabic digits", (e) => bodied(e, (b) => `${b}&task_ttl=%D9%A3%D9%A0`), "malformed_request"],
  ["a mode that nobody knows", (e) => bodied(e, (b) => `${b}&mode=admin`), "malformed_request"],
  ["a mode in capitals", (e) => bodied(e, (b) => `${b}&mode=NARROW`), "malformed_request"],
  ["a key with a line break", (e) => bodied(e, (b) => `${b}&idempotency_key=a%0Ab`), "malformed_request"],
  ["a key of a kilobyte", (e) => bodied(e, (b) => `${b}&idempotency_key=${"k".repeat(1_024)}`), "malformed_request"],
  ["a body of more than 32 KiB", (e) => bodied(e, (b) => `${b}&x=${"x".repeat(32_768)}`), "body_too_large"],
  ["ten thousand parameters", (e) => bodied(e, (b) => `${b}${"&a".repeat(10_000)}`), "malformed_request"],
];

describe("a request that can be read in two ways", () => {
  it.each(SMUGGLED)("is refused before its token is read: %s", async (_, change, code) => {
    const world = hostileWorld();
    const before = traces(world);
    const event = change(good(world));
    const answer = await tokenEndpoint(event, world.ports);
    expect(JSON.parse(answer.body).code).toBe(code);
    expect(secretsIn(answer.body + JSON.stringify(world.lines))).toEqual([]);
    expect(world.web.fetched).toEqual([]);
    expect(traces(world)).toEqual(before);
  });

  it.each<readonly [string, (event: HttpEvent) => HttpEvent]>([
    ["as it should be", (event) => event],
    ["with a charset of UTF-8", (e) => typed(e, 'Application/X-WWW-Form-Urlencoded ; charset="UTF-8"')],
    ["in base64", (e) => ({ ...bodied(e, base64), isBase64Encoded: true })],
    ["with spaces as %20", (e) => bodied(e, (b) => b.replaceAll("+", "%20"))],
    ["with every character escaped", (e) => bodied(e, (b) => b.replace(/purpose=[^&]*/, "%70urpose=%61%62"))],
    ["with empty parameters, which count as left out", (e) => bodied(e, (b) => `${b}&actor_token=&task_ttl=&&`)],
    ["with parameters that nobody knows", (e) => bodied(e, (b) => `${b}&__proto__=x&constructor=y`)],
  ])("is accepted in each unambiguous form: %s", async (_, change) => {
    const world = hostileWorld();
    expect((await tokenEndpoint(change(good(world)), world.ports)).statusCode).toBe(200);
  });
});
