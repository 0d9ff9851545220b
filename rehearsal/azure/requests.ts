/** `requests.jsonl`: one line for each request that ARM answered (interfaces.md, "rehearse"). */
import { appendFileSync, mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { isObject, type Json } from "./arm";

/** Properties that hold a secret in the API's own schema (`x-ms-secret` of ContainerService). */
const SECRET = /^(secret|adminPassword|password|clientSecret|serverAppSecret)$/;

/** A body with its secrets covered. */
export function redact(body: Json): Json {
    if (Array.isArray(body)) return body.map(redact);
    if (!isObject(body)) return body;
    return Object.fromEntries(
        Object.entries(body).map(([key, value]) => [
            key,
            SECRET.test(key) && typeof value === "string" ? "[secret]" : redact(value),
        ]),
    );
}

/** Writes lines; every line holds exactly time, method, path, apiVersion, status, body. */
export function requestLog(
    file: string,
): (entry: { method: string; path: string; apiVersion: string; status: number; body: Json }) => void {
    mkdirSync(dirname(file), { recursive: true });
    return ({ method, path, apiVersion, status, body }) => {
        const line = { time: new Date().toISOString(), method, path, apiVersion, status, body: redact(body) };
        appendFileSync(file, `${JSON.stringify(line)}\n`);
    };
}
