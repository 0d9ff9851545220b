/**
 * The known word closest to what was written, for "did you mean". Transposed, missing, extra and wrong letters count one
 * each; letter case counts nothing.
 * @param word what was written
 * @param known the words to choose from
 * @returns undefined where nothing is close enough to be meant
 */
export function suggest(word: string, known: Iterable<string>): string | undefined {
    const allowed = Math.max(1, Math.floor(word.length / 3));
    let best: string | undefined;
    let bestDistance = allowed + 1;
    for (const candidate of known) {
        if (Math.abs(candidate.length - word.length) >= bestDistance) continue;
        const distance = editDistance(word.toLowerCase(), candidate.toLowerCase());
        if (distance < bestDistance) [best, bestDistance] = [candidate, distance];
    }
    return best;
}

/** Optimal string alignment distance (Levenshtein with transposition of neighbours). */
export function editDistance(a: string, b: string): number {
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
    return last[b.length]!;
}
