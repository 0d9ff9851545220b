#!/usr/bin/env node
"use strict";
// Node 22.8 and later keep compiled code on disk: a second start costs about half the CPU.
require("node:module").enableCompileCache?.();
require("../dist/main.js")
    .main(process.argv.slice(2))
    .then((code) => {
        process.exitCode = code;
    });
