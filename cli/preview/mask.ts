/**
 * Values that must not stand in a comment. Pulumi blinds what it knows to be a secret; this is the second net, for what
 * somebody forgot to mark: credentials by the name of their property, or by what they look like.
 */
export const MASK = "[secret]";
/** Marks a secret in Pulumi's wire format and states (pulumi sdk/go/common/resource/sig.go). */
const SECRET_SIGNATURE = "4dabf18193072939515e22adb298388d";
const secretKey =
    /(password|passwd|passphrase|pwd$|secret|token|credential|private[-_]?key|client[-_]?key|access[-_]?key|account[-_]?key|api[-_]?key|connection[-_]?string|kubeconfig|sas)/i;
const notSecret = /(secretname|secretref|secretnamespace|tokenaudience|keyvault.*id|tolerations)/i;
const secretText = [
    /-----BEGIN [A-Z ]*(PRIVATE KEY|CERTIFICATE)-----/,
    /\b(client-key-data|client-certificate-data|token|password):\s*\S+/,
    /\beyJ[\w-]{10,}\.[\w-]{10,}\./,
    /\b(AccountKey|SharedAccessKey)=/,
    /[?&]sig=[\w%]{20,}/,
    /:\/\/[^/\s:@]+:[^/\s@]+@/,
    new RegExp(SECRET_SIGNATURE),
];

/** True when the value, standing under this property path, must not be shown. */
export function isSecret(path: string, value: unknown): boolean {
    const last =
        path
            .split(/[.[\]"]+/)
            .filter((step) => step !== "" && !/^\d+$/.test(step))
            .pop() ?? "";
    if (isSecretName(last) && typeof value !== "boolean") return true;
    return typeof value === "string" && secretText.some((pattern) => pattern.test(value));
}

const isSecretName = (name: string): boolean => secretKey.test(name) && !notSecret.test(name);

/** The value without its secrets, at any depth. */
export function masked(path: string, value: unknown): unknown {
    if (value === undefined || value === null) return value;
    if (isSecret(path, value)) return MASK;
    if (Array.isArray(value)) return value.map((item, index) => masked(`${path}[${index}]`, item));
    if (typeof value !== "object") return value;
    if (SECRET_SIGNATURE in value) return MASK;
    const { kind, name } = value as { kind?: unknown; name?: unknown };
    return Object.fromEntries(
        Object.entries(value).map(([key, item]) => {
            // A Secret's entries are secret whatever they are called; an environment variable is by its name.
            const all = kind === "Secret" && /^(data|stringData)$/.test(key);
            const variable = key === "value" && typeof name === "string" && isSecretName(name);
            return [key, all || variable ? MASK : masked(path === "" ? key : `${path}.${key}`, item)];
        }),
    );
}

/** A text of several lines (a diagnostic), each line with a secret in it left out. */
export function maskedText(text: string): string {
    if (/-----BEGIN/.test(text)) return MASK;
    return text
        .split("\n")
        .map((line) => (isSecret("", line) ? MASK : line))
        .join("\n");
}
