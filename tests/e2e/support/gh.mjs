#!/usr/bin/env node
// Stand-in of GitHub's `gh`, as far as the workflows' scripts use it: comments of one pull request and issues, kept in the
// file that GH_STATE names. A call it does not know fails, so a script that starts to ask for more is seen.
import { existsSync, readFileSync, writeFileSync } from "node:fs";

const file = process.env.GH_STATE;
const state = existsSync(file)
    ? JSON.parse(readFileSync(file, "utf8"))
    : { comments: [], issues: [], calls: [] };
const words = process.argv.slice(2);
state.calls.push(words);

const option = (name) => words[words.indexOf(name) + 1];
const field = () => readFileSync(option("--field").replace(/^body=@/, ""), "utf8");
const bot = { type: "Bot", login: "github-actions[bot]" };
const fail = (why) => {
    process.stderr.write(`gh (stand-in): ${why}: ${words.join(" ")}\n`);
    process.exit(1);
};

if (!process.env.GH_TOKEN) fail("no GH_TOKEN");
const [command, verb] = words;
if (command === "api") {
    const path = words.find((word) => word.startsWith("repos/")) ?? "";
    const [, pull] = /^repos\/o\/r\/issues\/(\d+)\/comments$/.exec(path) ?? [];
    const [, id] = /^repos\/o\/r\/issues\/comments\/(\d+)$/.exec(path) ?? [];
    const method = words.includes("--method") ? option("--method") : "GET";
    if (pull === "7" && method === "GET") {
        // Pages of one, as a long discussion has pages.
        const pages = state.comments.map((comment) => [comment]);
        process.stdout.write(JSON.stringify(words.includes("--slurp") ? pages : pages.flat()));
    } else if (pull === "7" && method === "POST") {
        state.comments.push({ id: 100 + state.comments.length, user: bot, body: field() });
    } else if (id !== undefined && method === "PATCH") {
        const comment = state.comments.find((each) => each.id === Number(id)) ?? fail("no such comment");
        comment.body = field();
    } else fail("not known");
} else if (command === "issue" && option("--repo") === "o/r") {
    const issue = () =>
        state.issues.find(({ number }) => number === Number(words[2])) ?? fail("no such issue");
    if (verb === "list") {
        const open = state.issues.filter((each) => each.open);
        process.stdout.write(JSON.stringify(open.map(({ number, title }) => ({ number, title }))));
    } else if (verb === "create") {
        const body = readFileSync(option("--body-file"), "utf8");
        state.issues.push({ number: 1 + state.issues.length, title: option("--title"), body, open: true });
    } else if (verb === "edit") issue().body = readFileSync(option("--body-file"), "utf8");
    else if (verb === "close") Object.assign(issue(), { open: false, last: option("--comment") });
    else fail("not known");
} else fail("not known");
writeFileSync(file, JSON.stringify(state));
