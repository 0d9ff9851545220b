import { suggest } from "../cilium/model/suggest";
import { refusal, type SettingProblem } from "./setting-problem";

/** A weekly window with its leaves known. */
export interface PlainWindow {
    readonly dayOfWeek: string;
    readonly startTime: string;
    readonly utcOffset?: string | undefined;
    readonly durationHours?: number | undefined;
}

/** Names, places and times. */
export interface UpkeepPlan {
    readonly location: string;
    readonly resourceGroupName?: string | undefined;
    readonly tags: Readonly<Record<string, string>>;
    readonly resourceGroupTags: Readonly<Record<string, string>>;
    readonly upgradeWindow?: PlainWindow | undefined;
    readonly nodeOsWindow?: PlainWindow | undefined;
}

const DAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];

/** Everything that is wrong with names, places and times, GEN01 to GEN04. */
export function upkeepProblems(plan: UpkeepPlan): SettingProblem[] {
    const problems: SettingProblem[] = [];
    if (!/^[a-z][a-z0-9]+$/.test(plan.location)) {
        const short = plan.location.toLowerCase().replace(/[^a-z0-9]/g, "");
        problems.push(
            refusal(
                "GEN01",
                "location",
                plan.location,
                "must be the short name of an Azure region",
                short === "" ? "e.g. westeurope" : short,
            ),
        );
    }
    const group = plan.resourceGroupName;
    if (group !== undefined && !/^[-\w.()]{1,89}[-\w()]$|^[-\w()]$/.test(group))
        problems.push(
            refusal(
                "GEN02",
                "resourceGroupName",
                group,
                "1 to 90 letters, digits, - _ . ( ), no dot at the end",
                "e.g. rg-aks-dev",
            ),
        );
    return [
        ...problems,
        ...tags("tags", plan.tags),
        ...tags("resourceGroupTags", plan.resourceGroupTags),
        ...window("upgradeWindow", plan.upgradeWindow),
        ...window("nodeOsWindow", plan.nodeOsWindow),
    ];
}

/** learn.microsoft.com, "Use tags to organize your Azure resources", limitations. */
function tags(setting: string, given: Readonly<Record<string, string>>): SettingProblem[] {
    return Object.entries(given)
        .filter(([key, value]) => /[<>%&\\?/]/.test(key) || key.length > 512 || value.length > 256)
        .map(([key, value]) => {
            const rule =
                "a tag has at most 512 characters, none of < > % & \\ ? /, and a value of at most 256";
            return refusal("GEN03", `${setting}.${key}`, value, rule, "a shorter, plainer tag");
        });
}

/** planned-maintenance.md */
function window(setting: string, given: PlainWindow | undefined): SettingProblem[] {
    if (given === undefined) return [];
    const problems: SettingProblem[] = [];
    const refuse = (key: keyof PlainWindow, rule: string, fix: string) =>
        problems.push(refusal("GEN04", `${setting}.${key}`, given[key], rule, fix));
    if (!DAYS.includes(given.dayOfWeek))
        refuse("dayOfWeek", "must be a day in English", suggest(given.dayOfWeek, DAYS) ?? DAYS.join(", "));
    if (!/^([01]\d|2[0-3]):[0-5]\d$/.test(given.startTime)) refuse("startTime", "must be HH:mm", '"01:00"');
    if (given.utcOffset !== undefined && !/^[+-](0\d|1[0-4]):[0-5]\d$/.test(given.utcOffset))
        refuse("utcOffset", "must be +HH:mm or -HH:mm", '"+01:00"');
    const hours = given.durationHours ?? 4;
    if (!Number.isInteger(hours) || hours < 4 || hours > 24) refuse("durationHours", "must be 4 to 24", "4");
    return problems;
}
