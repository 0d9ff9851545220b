/** The engine of the npm package `pulumi` in package.json; a test keeps both and go.mod equal. */
export const PULUMI = "3.259.0";

/**
 * The Node language host when it is built from Go modules: newer ones live in a module of their own that the Go
 * module proxy does not serve. It talks to today's engine and SDK, but ignores Pulumi.yaml's runtime options.
 */
export const LANGUAGE_HOST = "3.68.0";

/** Kubernetes of the control plane, whatever minor the stack asks for: labels and images follow the stack. */
export const KUBERNETES = "1.35.4";
