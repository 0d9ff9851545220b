/**
 * Values that must not stand in a comment. Pulumi blinds what it knows to be a secret; this is the second net, for what
 * somebody forgot to mark: credentials by the name of their property, or by what they look like.
 */
const MASK = "[secret]";
const secretKey =
    /(password|passwd|secret|token|credential|private[-_]?key|client[-_]?key|access[-_]?key|connection[-_]?string|kubeconfig|sas)/i;
const notSecret = /(secretname|secretref|secretnamespace|tokenaudience|keyvault.*id|tolerations)/i;
const secretText = [
    /-----BEGIN [A-Z ]*(PRIVATE KEY|CERTIFICATE)-----/,
    /\b(client-key-data|client-certificate-data|token):\s*\S+/,
    /\beyJ[\w-]{10,}\.[\w-]{10,}\./,
    /\b(AccountKey|SharedAccessKey)=/,
    /[?&]sig=[\w%]{20,}/,
];

/** True when the value, standing under this property path, must not be shown. */
export function isSecret(path: string, value: unknown): boolean {
    const last =
        path
            .split(/[.[\]"]+/)
            .filter((step) => step !== "" && !/^\d+$/.test(step))
            .pop() ?? "";
    if (secretKey.test(last) && !notSecret.test(last) && typeof value !== "boolean") return true;
    return typeof value === "string" && secretText.some((pattern) => pattern.test(value));
}

/** The value without its secrets, at any depth. */
export function masked(path: string, value: unknown): unknown {
    if (value === undefined || value === null) return value;
    if (isSecret(path, value)) return MASK;
    if (Array.isArray(value)) return value.map((item, index) => masked(`${path}[${index}]`, item));
    if (typeof value === "object")
        return Object.fromEntries(
            Object.entries(value).map(([key, item]) => [key, masked(`${path}.${key}`, item)]),
        );
    return value;
}
