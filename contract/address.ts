/**
 * Writes the address of a route with its values in place: `/v1/accounts/111122223333/halt` of
 * `POST /v1/accounts/{account}/halt`. Each value becomes one segment of the path.
 * @param query parameters of the query; undefined ones are left out.
 * @throws {TypeError} for a value that is missing.
 */
export function addressOf(
  route: string,
  parameters: Readonly<Record<string, string>> = {},
  query: Readonly<Record<string, string | number | undefined>> = {},
): string {
  const path = route.slice(route.indexOf(" ") + 1);
  const address = path.replaceAll(/\{(\w+)\}/g, (_, name: string) => {
    const value = parameters[name];
    if (value === undefined) throw new TypeError(`${route}: a value for {${name}} is missing`);
    return encodeURIComponent(value);
  });
  const asked = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) if (value !== undefined) asked.set(name, String(value));
  return asked.size === 0 ? address : `${address}?${asked}`;
}
