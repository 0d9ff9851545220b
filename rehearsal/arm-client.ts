import * as fs from "node:fs";
import * as http from "node:http";
import * as https from "node:https";
import type { Azure } from "./environment";

export interface Answer {
    readonly status: number;
    readonly body: unknown;
}

function get(url: string, options: https.RequestOptions): Promise<Answer> {
    const { request } = url.startsWith("https:") ? https : http;
    return new Promise((resolve, reject) => {
        const sent = request(url, options, (response) => {
            let text = "";
            response.setEncoding("utf8").on("data", (chunk: string) => (text += chunk));
            response.on("error", reject);
            response.on("end", () => {
                const body: unknown = text === "" ? {} : JSON.parse(text);
                resolve({ status: response.statusCode ?? 0, body });
            });
        });
        sent.on("error", reject).end();
    });
}

/** Reads from the stand-in of Azure as its own tools do: a token of the identity endpoint, then the resource. */
export async function armGet(azure: Azure, path: string): Promise<Answer> {
    const { body } = await get(
        `${azure.identityEndpoint}?api-version=2019-08-01&resource=${encodeURIComponent(azure.endpoint)}`,
        { headers: { "x-identity-header": "rehearsal" } },
    );
    const { access_token: token } = body as { access_token: string };
    return get(`${azure.endpoint}${path}`, {
        headers: { authorization: `Bearer ${token}` },
        ca: fs.readFileSync(azure.certificate),
    });
}
