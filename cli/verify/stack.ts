import type { StackRecord } from "../operations/stack";
import { word } from "./look";
import { fail, judge, pass, warn, type Check, type Outcome } from "./check";

/** The stack itself: was its last update whole, and do its settings still say what was applied? */
export function stackChecks(stack: StackRecord): Check[] {
    const name = word(stack.name);
    return [
        judge(
            {
                id: "stack.operations",
                title: "the stack's last update was whole",
                expected: "no operation cut off",
                look: `pulumi stack export --stack ${name} | jq .deployment.pending_operations`,
            },
            { value: stack.pendingOperations },
            (pending): Outcome =>
                pending === 0
                    ? pass("none")
                    : fail(
                          `${pending} cut off`,
                          `what they made may exist without being in the state: \`pulumi refresh --stack ${name}\` asks about each`,
                      ),
        ),
        ...(stack.settings === undefined ? [] : [settings(stack, name)]),
    ];
}

function settings({ name: stack, outputs, settings: given }: StackRecord, name: string): Check {
    const { ranges, network } = outputs;
    const rows: [string, string | undefined, string][] = [
        ["kubernetesVersion", given?.kubernetes, outputs.kubernetesVersion],
        ["advancedNetworking", given?.advancedNetworking, network.advancedNetworking],
        ["podCidr", given?.podCidr, ranges.podCidr],
        ["serviceCidr", given?.serviceCidr, ranges.serviceCidr],
        ["dnsServiceIP", given?.dnsServiceIP, ranges.dnsServiceIP],
    ];
    const different = rows.filter(
        ([, now, applied]) => now !== undefined && now.toLowerCase() !== applied.toLowerCase(),
    );
    return judge(
        {
            id: "stack.settings",
            title: "the settings are what was applied",
            expected: "the settings of the last update",
            look: `pulumi preview --stack ${name}`,
        },
        { value: different },
        () =>
            different.length === 0
                ? pass("the same")
                : warn(
                      different.map(([key, now, applied]) => `${key}: ${now}, applied ${applied}`).join("; "),
                      `Pulumi.${stack}.yaml was edited since: \`pulumi preview --stack ${name}\` shows what it would do`,
                  ),
    );
}
