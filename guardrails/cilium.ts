/** What the rules use of the library: a bundle of its own (build.mjs), read on demand (library.ts). */
export {
    aksCiliumVersion,
    buildReachability,
    checkDocuments,
    CILIUM_MINORS,
    DEFAULT_KUBERNETES,
    isPolicyKind,
    isSystemNamespace,
    readManifests,
    readWorkloads,
} from "../cilium/index";
