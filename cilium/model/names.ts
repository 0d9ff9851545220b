/** What an endpoint is named after. */
export interface Named {
    readonly namespace: string;
    readonly kind: string;
    readonly name: string;
}

/**
 * Names endpoints as every command prints and takes them: `NAMESPACE/NAME`, or `NAMESPACE/KIND/NAME` for those that
 * share namespace and name with an endpoint of another kind.
 * @returns ids in the order of `endpoints`
 */
export function endpointIds(endpoints: readonly Named[]): readonly string[] {
    const kinds = new Map<string, Set<string>>();
    for (const { namespace, kind, name } of endpoints) {
        const short = `${namespace}/${name}`;
        const known = kinds.get(short);
        if (known === undefined) kinds.set(short, new Set([kind]));
        else known.add(kind);
    }
    return endpoints.map(({ namespace, kind, name }) => {
        const short = `${namespace}/${name}`;
        return (kinds.get(short)?.size ?? 0) > 1 ? `${namespace}/${kind}/${name}` : short;
    });
}

/**
 * Names close to what was typed, best first, for "did you mean".
 * @param candidates every name that would have been accepted
 * @param limit at most so many answers. @default 3
 */
export function closestNames(name: string, candidates: Iterable<string>, limit = 3): readonly string[] {
    const typed = name.toLowerCase();
    const scored: { candidate: string; distance: number }[] = [];
    for (const candidate of candidates) {
        const lower = candidate.toLowerCase();
        // Typing only the name of NAMESPACE/NAME, or only its namespace, is the most likely slip.
        if (lower.split("/").includes(typed)) scored.push({ candidate, distance: 0 });
        else {
            const allowed = Math.max(1, Math.floor(Math.min(typed.length, lower.length) / 3));
            const distance = editDistance(typed, lower, allowed);
            if (distance <= allowed) scored.push({ candidate, distance });
        }
    }
    return scored
        .sort((a, b) => a.distance - b.distance || (a.candidate < b.candidate ? -1 : 1))
        .slice(0, limit)
        .map(({ candidate }) => candidate);
}

/** Levenshtein distance; anything over `limit` answers `limit + 1`. */
function editDistance(a: string, b: string, limit: number): number {
    if (Math.abs(a.length - b.length) > limit) return limit + 1;
    let previous = Array.from({ length: b.length + 1 }, (_, index) => index);
    for (let i = 1; i <= a.length; i++) {
        const row = [i];
        for (let j = 1; j <= b.length; j++) {
            const substituted = (previous[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
            row.push(Math.min(substituted, (previous[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1));
        }
        if (Math.min(...row) > limit) return limit + 1;
        previous = row;
    }
    return previous[b.length] ?? limit + 1;
}
