import { describe, expect, it } from "vitest";
import { userFolder } from "../../../client/files/user-folder.ts";
import { notStarted } from "../../../client/process/child.ts";

describe("the user's folders", () => {
  const windows = { LOCALAPPDATA: "C:\\Users\\ann\\AppData\\Local", APPDATA: "C:\\Users\\ann\\AppData\\Roaming" };
  it.each([
    ["linux", "cache", {}, "/home/ann", "/home/ann/.cache"],
    ["linux", "config", {}, "/home/ann", "/home/ann/.config"],
    ["linux", "cache", { XDG_CACHE_HOME: "relative" }, "/home/ann", "/home/ann/.cache"],
    ["darwin", "cache", {}, "/Users/ann", "/Users/ann/Library/Caches"],
    ["darwin", "config", {}, "/Users/ann", "/Users/ann/Library/Application Support"],
    ["darwin", "cache", { XDG_CACHE_HOME: "/tmp/mine" }, "/Users/ann", "/tmp/mine"],
    ["win32", "cache", windows, "C:\\Users\\ann", "C:\\Users\\ann\\AppData\\Local"],
    ["win32", "config", windows, "C:\\Users\\ann", "C:\\Users\\ann\\AppData\\Roaming"],
    ["win32", "config", {}, "C:\\Users\\ann", "C:\\Users\\ann\\AppData\\Roaming"],
    ["win32", "cache", { ...windows, XDG_CACHE_HOME: "D:\\cache" }, "C:\\Users\\ann", "D:\\cache"],
  ] as const)("on %s for the %s with %j, at home in %s", (platform, kind, env, home, folder) => {
    expect(userFolder(kind, env, platform, () => home)).toBe(folder);
  });
});

describe("a command that was not started", () => {
  const error = (code: string) => Object.assign(new Error(code), { code });
  it.each([
    ["win32", "ENOENT", 127, "not started: ENOENT; a .cmd or .bat file is run with cmd /c in front of it"],
    ["win32", "EINVAL", 126, "not started: EINVAL; a .cmd or .bat file is run with cmd /c in front of it"],
    ["win32", "EACCES", 126, "not started: EACCES"],
    ["darwin", "ENOENT", 127, "not started: ENOENT"],
  ])("on %s with %s", (platform, code, exit, detail) => {
    expect(notStarted(error(code), platform)).toEqual({ code: exit, detail, isStarted: false });
  });
});
