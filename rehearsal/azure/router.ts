/** Routes: `PUT /subscriptions/{subscription}/resourceGroups/{group}`; matching ignores case, as ARM's does. */
import { ArmError, type ArmRequest, type ArmResponse } from "./arm";

/** One address and what answers it. `{+name}` matches over slashes, for scopes. */
export interface Route {
    method: string;
    pattern: string;
    /** API versions that this address knows; any when left out. */
    versions?: readonly string[];
    handle(request: ArmRequest): ArmResponse | Promise<ArmResponse>;
}

function compile(pattern: string): RegExp {
    const source = pattern
        .replace(/[.]/g, "\\.")
        .replace(/\{(\+?)(\w+)\}/g, (_, over: string, name: string) =>
            over === "+" ? `(?<${name}>.+?)` : `(?<${name}>[^/]+)`,
        );
    return new RegExp(`^${source}/?$`, "i");
}

/** Makes one function out of routes; the first that fits answers. */
export function router(routes: Route[]): (request: ArmRequest) => Promise<ArmResponse> {
    const compiled = routes.map((route) => ({ route, expression: compile(route.pattern) }));
    return async (request) => {
        const fitting = compiled.flatMap(({ route, expression }) => {
            const match = expression.exec(request.path);
            return match === null ? [] : [{ route, params: { ...match.groups } }];
        });
        const found = fitting.find(({ route }) => route.method === request.method);
        if (found === undefined) {
            if (fitting.length > 0) {
                const message = `The requested resource does not support http method '${request.method}'.`;
                throw new ArmError(405, "MethodNotAllowed", message);
            }
            throw new ArmError(
                404,
                "NotFound",
                `this stand-in has no route for ${request.method} ${request.path}`,
            );
        }
        checkVersion(request.apiVersion, found.route.versions);
        return found.route.handle({ ...request, params: found.params });
    };
}

function checkVersion(version: string, known: readonly string[] | undefined): void {
    if (version === "") {
        const message = "The api-version query parameter (?api-version=) is required for all requests.";
        throw new ArmError(400, "MissingApiVersionParameter", message);
    }
    if (known === undefined || known.includes(version)) return;
    const list = known.join(",");
    const message = `The api-version '${version}' is invalid. The supported versions are '${list}'.`;
    throw new ArmError(400, "InvalidApiVersionParameter", message);
}
