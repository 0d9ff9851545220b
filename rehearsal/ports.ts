import * as fs from "node:fs";
import * as net from "node:net";

/** Whether nobody listens on this port of 127.0.0.1. */
export const isFree = (port: number): Promise<boolean> =>
    new Promise((resolve) => {
        const server = net.createServer();
        server.once("error", () => resolve(false));
        server.listen({ host: "127.0.0.1", port, exclusive: true }, () => server.close(() => resolve(true)));
    });

/** Asks the system for `count` different free ports. */
export async function freePorts(count: number): Promise<number[]> {
    const servers = await Promise.all(
        Array.from(
            { length: count },
            () =>
                new Promise<net.Server>((resolve, reject) => {
                    const server = net.createServer().once("error", reject);
                    server.listen({ host: "127.0.0.1", port: 0 }, () => resolve(server));
                }),
        ),
    );
    const ports = servers.map((server) => (server.address() as net.AddressInfo).port);
    await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
    return ports;
}

/**
 * Ports by name, the same ones at every start as long as nobody else took one of them.
 * @param file where they are remembered.
 * @param taken names whose port may be in use now because it is our own server that listens.
 */
export async function rememberedPorts<Name extends string>(
    file: string,
    names: readonly Name[],
    taken: ReadonlySet<Name> = new Set(),
): Promise<Record<Name, number>> {
    let known: Partial<Record<Name, number>> = {};
    try {
        known = JSON.parse(fs.readFileSync(file, "utf8")) as Partial<Record<Name, number>>;
    } catch {
        // The first start, or a file that was cut off: new ports are as good.
    }
    const fresh = await freePorts(names.length);
    const ports = {} as Record<Name, number>;
    for (const [index, name] of names.entries()) {
        const old = known[name];
        const keep = old !== undefined && (taken.has(name) || (await isFree(old)));
        ports[name] = keep ? old : (fresh[index] as number);
    }
    fs.writeFileSync(`${file}.${process.pid}`, `${JSON.stringify(ports)}\n`);
    fs.renameSync(`${file}.${process.pid}`, file);
    return ports;
}
