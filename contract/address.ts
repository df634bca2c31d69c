/**
 * Writes the address of a route with its values in place: `/v1/accounts/111122223333/halt` of
 * `POST /v1/accounts/{account}/halt`. Each value becomes one segment of the path.
 * @throws {TypeError} for a value that is missing.
 */
export function addressOf(route: string, parameters: Readonly<Record<string, string>> = {}): string {
  const path = route.slice(route.indexOf(" ") + 1);
  return path.replaceAll(/\{(\w+)\}/g, (_, name: string) => {
    const value = parameters[name];
    if (value === undefined) throw new TypeError(`${route}: a value for {${name}} is missing`);
    return encodeURIComponent(value);
  });
}
