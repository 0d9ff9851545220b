/**
 * The known word closest to what was written, for "did you mean". Transposed, missing, extra and wrong letters count one
 * each; letter case, dashes and underscores count nothing.
 * @param word what was written
 * @param known the words to choose from
 * @returns undefined where nothing is close enough to be meant: a far-fetched guess is worse than none
 */
export function suggest(word: string, known: Iterable<string>): string | undefined {
    const wanted = normal(word);
    let best: string | undefined;
    let bestDistance = Math.max(1, Math.floor(wanted.length / 3)) + 1;
    for (const candidate of known) {
        const distance = editDistance(wanted, normal(candidate), bestDistance - 1);
        if (distance < bestDistance) [best, bestDistance] = [candidate, distance];
    }
    return best;
}

/** Spelling habits are no difference. */
function normal(word: string): string {
    return word.toLowerCase().replace(/[-_ ]/g, "");
}

/**
 * Optimal string alignment distance (Levenshtein with transposition of neighbours).
 * @param limit anything farther answers `limit + 1`
 */
export function editDistance(a: string, b: string, limit: number): number {
    if (Math.abs(a.length - b.length) > limit) return limit + 1;
    let before: number[] = [];
    let last = Array.from({ length: b.length + 1 }, (_, j) => j);
    for (let i = 1; i <= a.length; i++) {
        const row = [i];
        for (let j = 1; j <= b.length; j++) {
            const same = a[i - 1] === b[j - 1];
            let cost = Math.min(row[j - 1]! + 1, last[j]! + 1, last[j - 1]! + (same ? 0 : 1));
            if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
                cost = Math.min(cost, before[j - 2]! + 1);
            }
            row.push(cost);
        }
        [before, last] = [last, row];
    }
    return Math.min(last[b.length]!, limit + 1);
}
