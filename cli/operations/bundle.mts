/**
 * The clients of Azure and Kubernetes, in a bundle of their own (cli/build.mjs: dist/clients.js) that is read when the
 * first of them is needed. Only what the commands use is taken: the rest of both packages is megabytes of generated code.
 */
export { createContainerService } from "@azure/arm-containerservice/api";
export {
    get,
    listClusterAdminCredentials,
    listClusterUserCredentials,
} from "@azure/arm-containerservice/api/managedClusters";
export {
    AzureCliCredential,
    AzureDeveloperCliCredential,
    ChainedTokenCredential,
    ClientAssertionCredential,
    ClientCertificateCredential,
    ClientSecretCredential,
    ManagedIdentityCredential,
    WorkloadIdentityCredential,
} from "@azure/identity";
// Not the package's index: it loads every generated model of the Kubernetes API.
export { KubeConfig } from "@kubernetes/client-node/dist/config.js";
