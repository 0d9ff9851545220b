/**
 * Whether a text is a file of expectations (`aks-cilium test`) and not of manifests: a map with the key `expectations`,
 * or a list whose items say `from`, `to` or `allow`. Such files lie beside policies, and are nobody's manifest.
 */
export function isExpectations(text: string): boolean {
    if (/^["']?expectations["']?[ \t]*:/m.test(text)) return true;
    const first = text.split(/\r?\n/).find((line) => !/^\s*(#.*|---\s*)?$/.test(line)) ?? "";
    return (
        /^\s*-\s+["']?(name|from|to|ports|allow)["']?\s*:/.test(first) ||
        /^\s*\{\s*"expectations"/.test(first)
    );
}
