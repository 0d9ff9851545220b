/** The managed identity endpoint and the tokens it gives out (azure-cli 2.91 reads `tid` and checks no signature). */
import { ArmError, type JsonObject } from "./arm";

/** Who the caller is; one person, one tenant, one subscription. */
export const SUBSCRIPTION = "00000000-0000-0000-0000-000000000001";
export const TENANT = "00000000-0000-0000-0000-0000000000aa";
export const OBJECT_ID = "00000000-0000-0000-0000-0000000000bb";
export const CLIENT_ID = "00000000-0000-0000-0000-0000000000cc";
const HOURS = 24;

const encode = (value: JsonObject): string => Buffer.from(JSON.stringify(value)).toString("base64url");

/** The answer of the App Service identity endpoint, api-version 2019-08-01. */
export function issueToken(resource: string, now = Math.floor(Date.now() / 1000)): JsonObject {
    const expires = now + HOURS * 3600;
    const claims = {
        aud: resource,
        tid: TENANT,
        oid: OBJECT_ID,
        appid: CLIENT_ID,
        iat: now,
        nbf: now,
        exp: expires,
    };
    const token = `${encode({ alg: "none", typ: "JWT" })}.${encode(claims)}.c2ln`;
    return {
        access_token: token,
        expires_on: String(expires),
        resource,
        token_type: "Bearer",
        client_id: CLIENT_ID,
    };
}

/**
 * Refuses a request without a valid token.
 * @throws ArmError 401 as ARM answers
 */
export function authenticate(authorization: string | undefined, now = Math.floor(Date.now() / 1000)): void {
    const fail = (code: string, message: string): never => {
        throw new ArmError(401, code, message, undefined, {
            "WWW-Authenticate": 'Bearer error="invalid_token"',
        });
    };
    if (authorization === undefined || !/^Bearer /i.test(authorization)) {
        fail("AuthenticationFailed", "Authentication failed. The 'Authorization' header is missing.");
    }
    const claims = decode((authorization ?? "").split(" ")[1] ?? "");
    if (claims === undefined) fail("InvalidAuthenticationToken", "The access token is invalid.");
    if (Number(claims?.["exp"]) <= now) {
        fail(
            "ExpiredAuthenticationToken",
            "The access token expiry UTC time is earlier than current UTC time.",
        );
    }
}

function decode(token: string): JsonObject | undefined {
    try {
        return JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString()) as JsonObject;
    } catch {
        return undefined;
    }
}
