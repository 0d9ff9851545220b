import Module from "node:module";

/**
 * Imported before the SDK, which loads npm's dependency resolver at every start (two thirds of the time that `@pulumi/policy`
 * takes to load) and uses it to serialize functions only, which no rule does. It gets a stand-in that loads the package at its
 * first use, as in loader.cjs; an SDK that asks from elsewhere gets the package itself.
 */
const PACKAGES = ["@npmcli/arborist", "normalize-package-data"];
const USER = /[\\/]@pulumi[\\/]pulumi[\\/]runtime[\\/]closure[\\/]codePaths\.js$/;

type Load = (request: string, parent: { filename?: string } | undefined, isMain: boolean) => object;
const internal = Module as unknown as {
    _load: Load;
    _resolveFilename: (...args: Parameters<Load>) => string;
};
const load = internal._load;

internal._load = function (request, parent, isMain) {
    if (!PACKAGES.includes(request) || !USER.test(parent?.filename ?? ""))
        return load.call(this, request, parent, isMain);
    // Throws where it is not installed, as the SDK expects.
    internal._resolveFilename(request, parent, isMain);
    let loaded: Record<PropertyKey, unknown> | undefined;
    const real = (): Record<PropertyKey, unknown> =>
        (loaded ??= load.call(Module, request, parent, isMain) as Record<PropertyKey, unknown>);
    return new Proxy(
        {},
        {
            get: (_, key) => {
                // Of what is no ES module, `import` would copy every property, and so load it.
                if (key === "__esModule") return true;
                return key === "default" ? (real()["default"] ?? real()) : real()[key];
            },
            has: (_, key) => key in real(),
        },
    );
};
