/**
 * Environment of tools that shall reach nothing but this machine: whatever is not on loopback goes to a proxy that does
 * not exist (port 9, discard). Go's net/http, Python's requests and curl all read these names, some of them one case only.
 */
export const ONLY_LOOPBACK = Object.fromEntries([
    ...["http_proxy", "https_proxy", "all_proxy"].flatMap((name) =>
        [name, name.toUpperCase()].map((each) => [each, "http://127.0.0.1:9"]),
    ),
    ...["no_proxy", "NO_PROXY"].map((name) => [name, "127.0.0.1,localhost"]),
]) as Readonly<Record<string, string>>;
