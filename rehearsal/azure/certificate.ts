/** A self-signed certificate for 127.0.0.1: azure-cli and Azure's SDKs refuse to send a token over plain HTTP. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { generate } from "selfsigned";

/** PEM texts and where the certificate lies. */
export interface Certificate {
    key: string;
    cert: string;
    file: string;
}

/**
 * The certificate of a state folder, made once and kept, so that a client started earlier still trusts a restarted
 * server.
 * @param folder where `arm.crt` and `arm.key` live
 */
export async function certificate(folder: string): Promise<Certificate> {
    const file = join(folder, "arm.crt");
    const keyFile = join(folder, "arm.key");
    if (!existsSync(file) || !existsSync(keyFile)) {
        mkdirSync(folder, { recursive: true });
        const made = await generate([{ name: "commonName", value: "127.0.0.1" }], {
            keySize: 2048,
            algorithm: "sha256",
            notAfterDate: new Date(Date.now() + 10 * 365 * 86_400_000),
            extensions: [
                { name: "basicConstraints", cA: true },
                { name: "keyUsage", digitalSignature: true, keyEncipherment: true, keyCertSign: true },
                { name: "extKeyUsage", serverAuth: true },
                {
                    name: "subjectAltName",
                    altNames: [
                        { type: 7, ip: "127.0.0.1" },
                        { type: 2, value: "localhost" },
                    ],
                },
            ],
        });
        writeFileSync(keyFile, made.private, { mode: 0o600 });
        writeFileSync(file, made.cert);
    }
    return { key: readFileSync(keyFile, "utf8"), cert: readFileSync(file, "utf8"), file };
}
