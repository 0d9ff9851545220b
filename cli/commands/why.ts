import { Option, type Command } from "commander";
import { parsePeer, parsePort, whyJson, whyText } from "../../cilium";
import { analysedCluster, analysisOptions, buildModel, readState, requireWorkloads } from "../analysis";
import type { AnalysisOptions } from "../analysis";
import { UsageError } from "../exit";
import { knownName, wrongPort } from "../names";
import { terminalPaint, terminalWidth, writeOut } from "../output";

interface WhyOptions extends AnalysisOptions {
    readonly format: "text" | "json";
}

export function define(command: Command): void {
    analysisOptions(command)
        .argument("<from>", "NAMESPACE/NAME, world, host, kube-apiserver, an address, fqdn:NAME …")
        .argument("<to>", "the same")
        .argument("<port>", "PORT or PORT/PROTOCOL (default TCP); for ICMP the type, e.g. 8/ICMP")
        .argument("[path...]", "files or folders with policies and workloads (default: policies/)")
        .addOption(
            new Option("--format <format>", "how to print it").choices(["text", "json"]).default("text"),
        )
        .action((from: string, to: string, port: string, paths: string[], options: WhyOptions) => {
            const asked = parsePort(port);
            if (asked === undefined) throw wrongPort(port);
            const { cluster, minor } = analysedCluster(options);
            const state = readState(paths, options);
            requireWorkloads(state);
            const stories = cluster.cilium.map((each) => {
                const model = buildModel(state, cluster, each, [from, to]);
                for (const name of [from, to]) knownName(model, state, name);
                return {
                    minor: each,
                    ...model.explain(parsePeer(from), parsePeer(to), asked.protocol ?? "TCP", asked.port),
                };
            });
            const [first] = stories;
            if (first === undefined) throw new UsageError(`Cilium ${minor}: no answer`);
            const same = stories.every(
                ({ egress, ingress }) => egress === first.egress && ingress === first.ingress,
            );
            if (options.format === "json") return writeOut([whyJson(first)]);
            const layout = { width: terminalWidth(), paint: terminalPaint() };
            writeOut(
                (same ? [first] : stories).map((story) =>
                    same ? whyText(story, layout) : `Cilium ${story.minor}:\n${whyText(story, layout)}\n`,
                ),
            );
        });
}
