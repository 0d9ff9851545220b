import { parse } from "yaml";
import { z } from "zod";
import { formatProblems } from "../../components/setting-problem";
import { readSettings } from "../../components/settings";
import { settingsShape } from "../../components/settings-schema";
import { declaredKeys, entriesOf, stackFile, STACKS } from "./support/stack-files";

const DEV = entriesOf(stackFile("dev"));
const problemsOf = (entries: Record<string, string>) => readSettings(entries).problems;
const errorsOf = (entries: Record<string, string>) =>
    problemsOf(entries).filter(({ severity }) => severity === "error");
const codesOf = (entries: Record<string, string>) =>
    problemsOf(entries).map(({ code, setting }) => `${code} ${setting}`);

describe("stack files", () => {
    test("dev and prod are there", () => expect(STACKS).toEqual(expect.arrayContaining(["dev", "prod"])));

    test.each(STACKS)("Pulumi.%s.yaml loads without an error", (stack) => {
        const { settings, problems } = readSettings(entriesOf(stackFile(stack)));
        expect(problems.filter(({ severity }) => severity === "error")).toEqual([]);
        expect(settings).toBeDefined();
    });

    test.each(STACKS)("Pulumi.%s.yaml switches the default Kubernetes provider off", (stack) => {
        const { config } = parse(stackFile(stack)) as { config: Record<string, unknown> };
        expect(config["pulumi:disable-default-providers"]).toEqual(["kubernetes"]);
    });

    test("dev is the runbook, and says that its sizes are for a trial", () => {
        const { settings, problems } = readSettings(DEV);
        expect(settings?.cluster).toMatchObject({
            podCidr: "192.168.0.0/16",
            systemPool: { vmSize: "Standard_B2s", count: 1 },
            advancedNetworking: "off",
        });
        expect(problems.map(({ code, severity }) => `${code} ${severity}`)).toEqual(["POOL06 warning"]);
    });

    test("adding an environment is copying one file", () => {
        const copy = stackFile("prod").replace("westeurope", "northeurope");
        const { settings, problems } = readSettings(entriesOf(copy));
        expect(problems.filter(({ severity }) => severity === "error")).toEqual([]);
        expect(settings?.cluster.location).toBe("northeurope");
    });
});

describe("Pulumi.yaml", () => {
    const declared = declaredKeys();
    const shape = settingsShape();

    test("declares exactly the keys that are read", () =>
        expect(Object.keys(declared).sort()).toEqual(Object.keys(shape).sort()));

    test.each(Object.entries(declared))("%s is described", (_, { description }) =>
        expect(description).toMatch(/\w{3,}.*\.$/s),
    );

    test("its defaults are those of the program", () => {
        const required = {
            location: "westeurope",
            kubernetesVersion: "1.35",
            systemPool: { vmSize: "Standard_D4s_v5" },
        };
        const ofProgram = z.strictObject(shape).parse(required);
        const ofFile = Object.fromEntries(
            Object.entries(declared).flatMap(([key, value]) =>
                "default" in value ? [[key, value.default]] : [],
            ),
        );
        expect(z.strictObject(shape).parse({ ...ofFile, ...required })).toEqual(ofProgram);
    });

    test("only what nobody can choose for you has no default", () =>
        expect(Object.keys(declared).filter((key) => !("default" in declared[key]!))).toEqual([
            "location",
            "kubernetesVersion",
            "systemPool",
        ]));
});

describe("what is refused", () => {
    test("ten wrong settings are ten problems in one message", () => {
        const problems = errorsOf({
            ...DEV,
            podCird: "10.0.0.0/16", // 1 misspelt
            tier: "standart", // 2 not one of the values
            production: "yes", // 3 not a boolean
            systemPool: JSON.stringify({ vmSize: "Standard_D4s_v5", count: "3", maxpods: 30 }), // 4, 5
            podCidr: "172.16.0.0/12", // 6 reserved
            serviceCidr: "10.0.0.1/16", // 7 host bits
            kubernetesVersion: "1.35.4", // 8 patch
            upgradeChannel: "stable", // 9 moves the minor
            localAccounts: "false", // 10 nobody can log in
        });
        expect(problems.map(({ code, setting }) => `${code} ${setting}`).sort()).toEqual(
            [
                "SET01 podCird",
                "SET04 tier",
                "SET03 production",
                "SET03 systemPool.count",
                "SET01 systemPool.maxpods",
                "NET03 podCidr",
                "NET01 serviceCidr",
                "VER01 kubernetesVersion",
                "VER05 upgradeChannel",
                "ACC01 localAccounts",
            ].sort(),
        );
        const message = formatProblems("stack dev", problems);
        expect(message).toContain("10 settings of stack dev cannot work; nothing was changed.");
        for (const { code, rule, fix } of problems) {
            expect(message).toContain(`  ${code}  `);
            expect(message).toContain(rule);
            expect(message).toContain(`fix: ${fix}`);
        }
    });

    test.each([
        ["podCird", "podCidr"],
        ["pod-cidr", "podCidr"],
        ["kubernetesversion", "kubernetesVersion"],
        ["advancednetwork", "advancedNetworking"],
    ])("%s: did you mean %s?", (wrong, right) => {
        const [problem] = problemsOf({ ...DEV, [wrong]: "x" });
        expect(problem).toMatchObject({ code: "SET01", setting: wrong, fix: `did you mean ${right}?` });
    });

    test("a misspelt key inside a pool is found, with what it should be", () =>
        expect(
            errorsOf({ ...DEV, pools: JSON.stringify({ user: { vmSize: "Standard_D4s_v5", zone: ["1"] } }) }),
        ).toEqual([
            expect.objectContaining({
                code: "SET01",
                setting: "pools.user.zone",
                fix: "did you mean zones?",
            }),
        ]));

    test("an unquoted 1.30 is explained", () => {
        const [problem] = problemsOf({ ...DEV, kubernetesVersion: "1.3" });
        expect(problem).toMatchObject({
            code: "VER02",
            rule: expect.stringContaining("unquoted, 1.30 is read as the number 1.3"),
        });
    });

    test("a missing key is named", () => {
        const { location: _, ...rest } = DEV;
        expect(codesOf(rest)).toContain("SET02 location");
    });

    test("Windows pools get their own answer", () =>
        expect(
            codesOf({
                ...DEV,
                pools: JSON.stringify({ win: { vmSize: "Standard_D4s_v5", osSku: "Windows2022" } }),
            }),
        ).toContain("POOL05 pools.win.osSku"));

    test("a small System pool is a warning in a trial and an error in production", () => {
        const severities = (production: string) =>
            problemsOf({ ...DEV, production }).map(({ code, severity }) => `${code} ${severity}`);
        expect(severities("false")).toEqual(["POOL06 warning"]);
        expect(severities("true")).toEqual(["POOL06 error"]);
    });
});

test("settings are frozen, all the way down", () => {
    const { settings } = readSettings(DEV);
    for (const value of [settings, settings?.cluster, settings?.cluster.systemPool, settings?.cluster.pools])
        expect(Object.isFrozen(value)).toBe(true);
});
