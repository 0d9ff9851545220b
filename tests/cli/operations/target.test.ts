import { chmodSync } from "node:fs";
import { join } from "node:path";
import { resolveTarget, type TargetOptions } from "../../../cli/operations/target";
import { folderWith } from "../support";
import { deployment, SUBSCRIPTION } from "./deployment";

/** A `pulumi` that answers as the real one would: it prints a file, or fails with words. */
const pulumi = (script: string) => `#!/bin/sh\n${script}\n`;

describe("which cluster |", () => {
    let folder: ReturnType<typeof folderWith>;
    beforeEach(() => {
        folder = folderWith({
            "export.json": JSON.stringify(deployment()),
            "bin/pulumi": pulumi('echo "$@" > "$HOME/asked"; cat "$HOME/export.json"'),
            "unknown/pulumi": pulumi("echo \"error: no stack named 'qa' found\" >&2; exit 255"),
            "login/pulumi": pulumi(
                'echo "error: PULUMI_ACCESS_TOKEN must be set for login during non-interactive CLI sessions" >&2; exit 255',
            ),
            "none/readme": "",
            kubeconfig: "apiVersion: v1",
            "azure/azureProfile.json": `\uFEFF${JSON.stringify({
                subscriptions: [
                    { id: "other", isDefault: false },
                    { id: SUBSCRIPTION, isDefault: true },
                ],
            })}`,
        });
        for (const name of ["bin", "unknown", "login"]) chmodSync(join(folder.path, name, "pulumi"), 0o755);
    });
    afterEach(() => folder.remove());
    const resolve = (options: TargetOptions, env: NodeJS.ProcessEnv = {}, bin = "bin") =>
        resolveTarget(options, {
            cwd: folder.path,
            env: {
                HOME: folder.path,
                PATH: `${join(folder.path, bin)}${bin === "none" ? "" : ":/usr/bin:/bin"}`,
                ...env,
            },
        });

    it("is the stack's, with its subscription, group, name and cloud", async () => {
        const { stack, ...target } = await resolve({ stack: "dev" }, { ARM_SUBSCRIPTION_ID: "elsewhere" });
        expect(target).toEqual({
            subscription: SUBSCRIPTION,
            resourceGroup: "rgcni",
            cluster: "aks1",
            cloud: "government",
        });
        expect(stack?.outputs.ranges.podCidr).toBe("192.168.0.0/16");
    });

    it("is the one that was named; the subscription comes from the environment, else from az's own file", async () => {
        const named = { resourceGroup: "rg", cluster: "aks" };
        expect(await resolve(named, { AZURE_SUBSCRIPTION_ID: "sub-2" })).toEqual({
            subscription: "sub-2",
            resourceGroup: "rg",
            cluster: "aks",
            cloud: "public",
        });
        const az = { AZURE_CONFIG_DIR: join(folder.path, "azure") };
        expect((await resolve(named, az)).subscription).toBe(SUBSCRIPTION);
        expect((await resolve({ ...named, cloud: "china" }, az)).cloud).toBe("china");
    });

    it.each<[string, TargetOptions, RegExp[]]>([
        ["nothing", {}, [/which cluster\? Give --stack NAME, or --resource-group/]],
        ["half of a name", { resourceGroup: "rg" }, [/--cluster is missing/]],
        ["both ways", { stack: "dev", cluster: "aks" }, [/--stack says which cluster it is/]],
        [
            "several at once",
            { cluster: "-aks-", resourceGroup: "r/g", subscription: "mine", kubeconfig: "absent" },
            [
                /--cluster -aks-/,
                /--resource-group r\/g/,
                /--subscription mine/,
                /--kubeconfig .*absent: there is no such file/,
            ],
        ],
        ["no subscription anywhere", { resourceGroup: "rg", cluster: "aks" }, [/--subscription is missing/]],
    ])("refuses %s, everything at once", async (_, options, messages) => {
        const error = await resolve(options).catch((reason: unknown) => reason as Error);
        expect(error).toMatchObject({ name: "UsageError" });
        for (const message of messages) expect((error as Error).message).toMatch(message);
    });

    it.each([
        ["none", /no `pulumi` on PATH/],
        ["unknown", /there is no such stack \(no stack named 'qa' found\)/],
        ["login", /not logged in .*`pulumi login`/],
    ])("says what is wrong with pulumi: %s", async (bin, message) => {
        await expect(resolve({ stack: "qa" }, {}, bin)).rejects.toMatchObject({
            name: "UsageError",
            message: expect.stringMatching(message) as string,
        });
    });
});
