import { readArguments } from "../../rehearsal/arguments";

const read = (line: string) => readArguments(line === "" ? [] : line.split(" "));

describe("arguments of npm run rehearse (interfaces.md)", () => {
    test("the default is up of dev", () => {
        expect(read("")).toEqual({
            verb: "up",
            stack: "dev",
            cwd: undefined,
            kubeconfig: undefined,
            rest: [],
        });
    });

    test.each([
        ["--stack prod", "up", "prod", []],
        ["--stack=prod preview", "preview", "prod", []],
        ["preview --stack prod --diff", "preview", "prod", ["--diff"]],
        ["preview --diff --stack prod --json", "preview", "prod", ["--diff", "--json"]],
        ["destroy --exclude-protected", "destroy", "dev", ["--exclude-protected"]],
        ["up -- --stack other", "up", "dev", ["--stack", "other"]],
    ])("pulumi's verbs: %s", (line, verb, stack, rest) => {
        expect(read(line)).toMatchObject({ verb, stack, rest });
    });

    test.each([
        ["kubectl get cnp -A", "kubectl", "dev", ["get", "cnp", "-A"]],
        [
            "kubectl --stack prod get cnp --kubeconfig x",
            "kubectl",
            "prod",
            ["get", "cnp", "--kubeconfig", "x"],
        ],
        ["exec pulumi stack --stack prod", "exec", "dev", ["pulumi", "stack", "--stack", "prod"]],
        ["exec -- ls -l", "exec", "dev", ["ls", "-l"]],
        ["kubectl exec pod -- ls", "kubectl", "dev", ["exec", "pod", "--", "ls"]],
        ["az aks show -s x", "az", "dev", ["aks", "show", "-s", "x"]],
    ])("another command's arguments stay as they are: %s", (line, verb, stack, rest) => {
        expect(read(line)).toMatchObject({ verb, stack, rest });
    });

    test("a given cluster", () => {
        expect(read("up --kubeconfig /tmp/kind")).toMatchObject({
            verb: "up",
            kubeconfig: "/tmp/kind",
            rest: [],
        });
    });

    test("another program", () => {
        expect(read("up --cwd examples/consumer")).toMatchObject({ cwd: "examples/consumer", rest: [] });
    });

    test.each([
        ["deploy", 'no verb "deploy". Use one of up, preview'],
        ["up --stack", "--stack needs a value"],
        ["up --stack=../x", '--stack "../x": a name of letters'],
        ["kubectl", "kubectl needs arguments"],
        ["exec", "exec needs a command"],
    ])("refused: %s", (line, message) => {
        expect(() => read(line)).toThrow(message);
    });
});
