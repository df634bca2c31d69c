/**
 * A port whose every method is handed to `call` instead of being called: what goes through a port is the same whatever the steps
 * before and after it look like.
 */
export function around<T extends object>(
  port: T,
  call: (method: string, args: readonly unknown[], go: () => unknown) => unknown,
): T {
  return new Proxy(port, {
    get: (target, name) => {
      const value: unknown = Reflect.get(target, name, target);
      if (typeof value !== "function") return value;
      return (...args: readonly unknown[]) => call(String(name), args, () => value.apply(target, args));
    },
  });
}
