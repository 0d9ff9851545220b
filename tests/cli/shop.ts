/** A small shop, before and after a pull request that lets front reach the queue and the world reach orders. */
const deployment = (namespace: string, name: string, port: number): string => `
apiVersion: apps/v1
kind: Deployment
metadata: {name: ${name}, namespace: ${namespace}}
spec:
  template:
    metadata: {labels: {app: ${name}}}
    spec: {containers: [{name: c, ports: [{name: main, containerPort: ${port}}]}]}
---`;

export const WORKLOADS = `
apiVersion: v1
kind: Namespace
metadata: {name: shop, labels: {team: web}}
---${deployment("shop", "front", 8080)}${deployment("shop", "orders", 8080)}${deployment("shop", "queue", 5672)}${deployment("ops", "tools", 80)}
`.replace(/---\s*$/, "");

const policy = (name: string, spec: string): string => `
apiVersion: cilium.io/v2
kind: CiliumNetworkPolicy
metadata: {name: ${name}, namespace: shop}
spec:
${spec}
---`;

const BASE_POLICIES =
    policy("default-deny", "  endpointSelector: {}\n  ingress: [{}]\n  egress: [{}]") +
    policy(
        "front",
        `  endpointSelector: {matchLabels: {app: front}}
  ingress:
    - fromEntities: [world]
      toPorts: [{ports: [{port: "8080", protocol: TCP}]}]
  egress:
    - toEndpoints: [{matchLabels: {app: orders}}]
      toPorts: [{ports: [{port: "8080", protocol: TCP}]}]`,
    ) +
    policy(
        "orders",
        `  endpointSelector: {matchLabels: {app: orders}}
  ingress:
    - fromEndpoints: [{matchLabels: {app: front}}]
      toPorts: [{ports: [{port: "8080", protocol: TCP}], rules: {http: [{method: GET}]}}]
  egress:
    - toEndpoints: [{matchLabels: {app: queue}}]
      toPorts: [{ports: [{port: "5672", protocol: TCP}]}]`,
    ) +
    policy(
        "queue",
        `  endpointSelector: {matchLabels: {app: queue}}
  ingress:
    - fromEndpoints: [{matchLabels: {app: orders}}]
      toPorts: [{ports: [{port: "5672", protocol: TCP}]}]`,
    );

const CHANGE =
    policy(
        "front-to-queue",
        `  endpointSelector: {matchLabels: {app: front}}
  egress:
    - toEndpoints: [{matchLabels: {app: queue}}]
      toPorts: [{ports: [{port: "5672", protocol: TCP}]}]`,
    ) +
    policy(
        "queue-from-front",
        `  endpointSelector: {matchLabels: {app: queue}}
  ingress:
    - fromEndpoints: [{matchLabels: {app: front}}]
      toPorts: [{ports: [{port: "5672", protocol: TCP}]}]`,
    ) +
    policy(
        "orders-from-world",
        `  endpointSelector: {matchLabels: {app: orders}}
  ingress:
    - fromEntities: [world]
      toPorts: [{ports: [{port: "9090", protocol: TCP}]}]`,
    );

const trimmed = (text: string): string => text.replace(/---\s*$/, "");
export const BASE = trimmed(BASE_POLICIES);
export const HEAD = trimmed(BASE_POLICIES + CHANGE);
