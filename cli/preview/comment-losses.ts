import type { GuardVerdict } from "./guard";
import { goesWithAnother, lossOf } from "./losses";
import { code, plural } from "./markdown";
import type { StackPreview } from "./preview";
import { propertyLine } from "./property-lines";

/** What a pull request would lose, one section for each resource: what it leads with. */
export function lossSections(
    guarded: readonly GuardVerdict[],
    previews: readonly StackPreview[],
): readonly string[] {
    return guarded.map((verdict) =>
        section(
            verdict,
            previews.find(({ stack }) => stack === verdict.stack),
        ),
    );
}

function section(verdict: GuardVerdict, preview: StackPreview | undefined): string {
    const { stack, change, allowed, because } = verdict;
    const { what = "resource", lost = "the resource", wayAround } = lossOf(change, stack) ?? {};
    const verb = change.action === "delete" ? "is deleted" : "is replaced";
    const title = `${what.charAt(0).toUpperCase()}${what.slice(1)} ${code(change.name)} ${verb} in stack ${code(stack)}`;
    const permission = allowed
        ? `**Allowed:** ${because}.`
        : `**Refused:** ${because}. To allow it all the same, unlock it in ${code(`Pulumi.${stack}.yaml`)}: \`aks-cilium guard --help\` says how.`;
    return [
        `### ${allowed ? "⚠️" : "🛑"} ${title}`,
        ...causes(verdict),
        `**Lost:** ${lost}.`,
        ...alongWith(verdict, preview),
        ...(wayAround === undefined ? [] : [`**Way around:** ${wayAround}`]),
        permission,
        ...(change.protected ? ["`protect` is on as well: `pulumi up` refuses until it is lifted."] : []),
    ].join("\n\n");
}

function causes({ change }: GuardVerdict): string[] {
    const properties = change.properties.filter(({ path }) => change.causes.includes(path));
    if (properties.length > 0)
        return [`**Because of**\n${properties.map((each) => propertyLine(each, false)).join("\n")}`];
    return change.causes.length > 0 ? [`**Because of** ${change.causes.map(code).join(", ")}`] : [];
}

/** What is made anew only because this is: named where it holds something, else counted. */
function alongWith({ change, along }: GuardVerdict, preview: StackPreview | undefined): string[] {
    if (along.length === 0) return [];
    const others = (preview?.changes ?? []).filter(
        (other) => other !== change && goesWithAnother(other) && !along.includes(other),
    ).length;
    const named = along.map((other) => `${lossOf(other)?.what ?? "resource"} ${code(other.name)}`);
    const rest = others === 0 ? [] : [`${plural(others, "resource")} more (the list is below)`];
    return [`**Goes with it, and is made anew empty:** ${[...named, ...rest].join(", ")}.`];
}
