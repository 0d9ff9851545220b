/** What users read, as recorded from the released provider (README and golden). */

const RERUN =
    "If the cluster was deleted, you can remove this resource from Pulumi state by rerunning the operation with the " +
    'PULUMI_K8S_DELETE_UNREACHABLE environment variable set to "true"';

export const UNREACHABLE_READ = `failed to read resource state due to unreachable cluster. ${RERUN}`;
export const UNREACHABLE_DELETE = `configured Kubernetes cluster is unreachable. ${RERUN}`;
export const SKIPPED_UPDATE =
    "Cluster is unreachable but skipUpdateUnreachable flag is set to true, skipping...";
export const SKIPPED_READ =
    "configured Kubernetes cluster is unreachable and the `skipUnreachable` option is enabled. " +
    "Returned data could not reflect the actual cluster configuration.";
export const DELETED_UNREACHABLE =
    "configured Kubernetes cluster is unreachable and the `deleteUnreachable` option is enabled. " +
    "Deleting the unreachable resource from Pulumi state";
export const unreachable = (cause: string): string =>
    `configured Kubernetes cluster is unreachable: ${cause}`;

const EXISTS = `

The resource already exists in the cluster. This can happen when:

  - Renaming a Pulumi resource: use an alias to preserve the identity,
    or use deleteBeforeReplace if the resource needs replacement.
  - Managing an existing resource: use a Patch resource (e.g. NamespacePatch)
    to manage specific fields without owning the resource lifecycle.
  - Adopting a resource into Pulumi: use \`pulumi import\`. Note that
    protected resources (e.g. kube-system) cannot be deleted on destroy.
  - Intentional upsert: set upsertExistingObjects on the provider to allow
    server-side apply to update existing objects on create.`;

/** A create that the server refused. */
export const notCreated = (urn: string, reason: string, exists: boolean): string =>
    `resource "${urn}" was not successfully created by the Kubernetes API server: ${reason}${exists ? EXISTS : ""}`;

/** A create of a kind that never came. */
export const noKind = (urn: string, apiVersion: string, kind: string, reason: string): string =>
    `creation of resource "${urn}" with kind ${apiVersion}/${kind} failed because the Kubernetes API server reported that the apiVersion ` +
    `for this resource does not exist. Verify that any required CRDs have been created: ${reason}`;

/** Created, but not ready. */
export const notReady = (urn: string, reason: string): string =>
    `resource "${urn}" was successfully created, but the Kubernetes API server reported that it failed to fully initialize or become live: ${reason}`;

/** Updated, or tried to, but not live. */
export const notLive = (id: string, reason: string): string =>
    `the Kubernetes API server reported that "${id}" failed to fully initialize or become live: ${reason}`;

/** Another field manager owns what the program sets. */
export const conflict = (manager: string, reason: string): string =>
    "server-side apply field conflict detected, see https://www.pulumi.com/registry/packages/kubernetes/how-to-guides/managing-resources-with-server-side-apply/" +
    "#handle-field-conflicts-on-existing-resources for troubleshooting help\n" +
    `The resource managed by field manager "${manager}" had an apply conflict: ${reason}`;
