import { canonical, parseCidr } from "./cidr";
import { refusal, remark, type SettingProblem } from "./setting-problem";

/** Who gets in, and how. */
export interface AccessPlan {
    readonly entraLogin: boolean;
    readonly entraAdminGroupIds: readonly string[];
    readonly azureRbac: boolean;
    readonly clusterAdminPrincipalIds: readonly string[];
    readonly localAccounts: boolean;
    readonly adminCredentials: boolean;
    readonly authorizedIpRanges: readonly string[];
    readonly privateCluster: boolean;
    readonly oidcIssuer: boolean;
    readonly workloadIdentity: boolean;
    readonly production: boolean;
}

const GUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Everything that would lock people out, or let everybody in, ACC01 to ACC07. */
export function accessProblems(plan: AccessPlan): SettingProblem[] {
    return [...logins(plan), ...principals(plan), ...apiServer(plan), ...tokens(plan)];
}

function logins(plan: AccessPlan): SettingProblem[] {
    const problems: SettingProblem[] = [];
    if (!plan.entraLogin && !plan.localAccounts)
        problems.push(
            refusal(
                "ACC01",
                "localAccounts",
                false,
                "nobody could log in: Entra login is off too",
                "entraLogin: true with azureRbac: true",
            ),
        );
    if (plan.azureRbac && !plan.entraLogin)
        problems.push(
            refusal(
                "ACC02",
                "azureRbac",
                true,
                "Azure roles are given to Entra identities",
                "entraLogin: true as well",
            ),
        );
    if (plan.entraAdminGroupIds.length > 0 && !plan.entraLogin)
        problems.push(
            refusal(
                "ACC02",
                "entraAdminGroupIds",
                plan.entraAdminGroupIds,
                "has no effect without Entra login",
                "entraLogin: true as well",
            ),
        );
    if (plan.entraLogin && !plan.azureRbac && plan.entraAdminGroupIds.length === 0)
        problems.push(
            refusal(
                "ACC03",
                "entraLogin",
                true,
                "nobody could do anything in the cluster: no group, no Azure roles",
                "entraAdminGroupIds, or azureRbac: true",
            ),
        );
    if (plan.adminCredentials && !plan.localAccounts)
        problems.push(
            refusal(
                "ACC04",
                "adminCredentials",
                true,
                "AKS gives no static credentials when local accounts are off",
                "localAccounts: true, or use the exec login",
            ),
        );
    if (plan.production && plan.entraLogin && plan.localAccounts)
        problems.push(
            remark(
                "ACC05",
                "localAccounts",
                true,
                "static admin credentials bypass Entra ID, its groups and its log",
                "localAccounts: false",
            ),
        );
    return problems;
}

function principals(plan: AccessPlan): SettingProblem[] {
    const problems: SettingProblem[] = [];
    for (const setting of ["entraAdminGroupIds", "clusterAdminPrincipalIds"] as const)
        for (const id of plan[setting])
            if (!GUID.test(id))
                problems.push(
                    refusal(
                        "ACC06",
                        setting,
                        id,
                        "must be object ids of Entra (GUID), not names",
                        "az ad group show --group NAME --query id",
                    ),
                );
    if (plan.clusterAdminPrincipalIds.length > 0 && !plan.azureRbac)
        problems.push(
            refusal(
                "ACC02",
                "clusterAdminPrincipalIds",
                plan.clusterAdminPrincipalIds,
                "are Azure role assignments: no effect without azureRbac",
                "azureRbac: true",
            ),
        );
    return problems;
}

function apiServer(plan: AccessPlan): SettingProblem[] {
    const problems: SettingProblem[] = [];
    if (plan.privateCluster && plan.authorizedIpRanges.length > 0)
        problems.push(
            refusal(
                "ACC07",
                "authorizedIpRanges",
                plan.authorizedIpRanges,
                "a private API server has no public address to filter",
                "remove them, or privateCluster: false",
            ),
        );
    plan.authorizedIpRanges.forEach((text, index) => {
        const range = parseCidr(text);
        const setting = `authorizedIpRanges[${index}]`;
        if (range === undefined || canonical(range) !== text)
            problems.push(
                refusal(
                    "ACC07",
                    setting,
                    text,
                    "must be an IPv4 range a.b.c.d/n",
                    range === undefined ? `${text}/32?` : canonical(range),
                ),
            );
    });
    if (plan.authorizedIpRanges.length > 200)
        problems.push(
            refusal(
                "ACC07",
                "authorizedIpRanges",
                `${plan.authorizedIpRanges.length} ranges`,
                "AKS takes 200",
                "merge neighbouring ranges",
            ),
        );
    return problems;
}

function tokens({ workloadIdentity, oidcIssuer }: AccessPlan): SettingProblem[] {
    if (!workloadIdentity || oidcIssuer) return [];
    return [refusal("ACC08", "workloadIdentity", true, "needs the OIDC issuer", "oidcIssuer: true as well")];
}
