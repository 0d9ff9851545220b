/**
 * The candidate that somebody most likely meant.
 * @returns undefined when none is close: a far-fetched guess is worse than none
 */
export function closest(word: string, candidates: readonly string[]): string | undefined {
    const wanted = normal(word);
    const ranked = candidates
        .map((candidate) => ({ candidate, distance: editDistance(wanted, normal(candidate)) }))
        .sort((a, b) => a.distance - b.distance);
    const best = ranked[0];
    return best !== undefined && best.distance <= Math.max(1, Math.floor(wanted.length / 3))
        ? best.candidate
        : undefined;
}

/** Spelling habits (case, dashes, underscores) are no difference. */
function normal(word: string): string {
    return word.toLowerCase().replace(/[-_ ]/g, "");
}

/** Levenshtein distance, one row at a time. */
function editDistance(a: string, b: string): number {
    let row = Array.from({ length: b.length + 1 }, (_, column) => column);
    for (let i = 1; i <= a.length; i++) {
        const next = [i];
        for (let j = 1; j <= b.length; j++) {
            const swap = row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
            next.push(Math.min(swap, row[j]! + 1, next[j - 1]! + 1));
        }
        row = next;
    }
    return row[b.length]!;
}
