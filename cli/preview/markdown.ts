/** Pieces of GitHub's Markdown that the comment is made of. */

/** Inline code; a backtick inside would end it. */
export const code = (text: string): string => `\`${text.replaceAll("`", "'")}\``;

/** A block of code; a fence inside would end it. */
export const block = (text: string, language = ""): string =>
    `\`\`\`${language}\n${text.replaceAll("```", "'''")}\n\`\`\``;

/** `1 flow`, `2 flows`. */
export const plural = (count: number, one: string, many = `${one}s`): string =>
    `${count} ${count === 1 ? one : many}`;

/** A part that is folded away until somebody clicks; `summary` is HTML. */
export const fold = (summary: string, body: string): string =>
    `<details><summary>${summary}</summary>\n\n${body.trim()}\n\n</details>`;
