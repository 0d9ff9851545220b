import { quote } from "../plugins";
import { say } from "../say";
import { withStandIns } from "./stand-in";

/** `FOLDER ARGS…`: prints the arguments for `pulumi`, as words for a POSIX shell. */
const [below = "", ...argv] = process.argv.slice(2);
const { argv: result, packs } = withStandIns(argv, process.cwd(), below);
if (packs.length > 0)
    say(
        `Policy pack ${packs.join(", ")}: run through the engine's analyzer plug-in, because the language host built here ` +
            `(3.68.0) cannot run packs. A released one runs the folder as it is.`,
    );
process.stdout.write(result.map(quote).join(" "));
