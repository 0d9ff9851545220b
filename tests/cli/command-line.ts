import { join } from "node:path";
import { apiServer, runBeside, type TestApiServer, type TestObject } from "./api-server";
import { bundle, folderWith, type Bundle, type Run } from "./support";

/** Stands for a secret wherever a cluster may hold one. */
export const MARK = "MARKED-SECRET";

const TARGET = [
    ...["--resource-group", "rg", "--cluster", "aks"],
    ...["--subscription", "00000000-0000-0000-0000-000000000001"],
];

/** The built command line and a small API server for it; hooks of the test file make and remove them. */
export function commandLine() {
    let built: Bundle;
    let server: TestApiServer | undefined;
    const folders: ReturnType<typeof folderWith>[] = [];
    beforeAll(() => {
        built = bundle();
    }, 120_000);
    afterEach(async () => {
        await server?.close();
        for (const folder of folders.splice(0)) folder.remove();
    });
    const folder = (files: Readonly<Record<string, string>>) => {
        const made = folderWith(files);
        folders.push(made);
        return made;
    };
    return {
        built: () => built,
        folder,
        serve: async (objects: readonly TestObject[], token?: string): Promise<TestApiServer> =>
            (server = await apiServer(objects, token)),
        /** Runs a command against the server; nothing that it prints may hold a secret. */
        run: async (args: readonly string[], more: Parameters<typeof runBeside>[2] = {}): Promise<Run> => {
            const { path } = folder({ kubeconfig: server?.kubeconfig ?? "" });
            const target = [...TARGET, "--kubeconfig", join(path, "kubeconfig")];
            const result = await runBeside(built.folder, [...args, ...target], more);
            expect(result.out + result.err).not.toContain(MARK);
            return result;
        },
    };
}
