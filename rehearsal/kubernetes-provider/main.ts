/**
 * Stand-in for the kubernetes provider plug-in, 4.34.2, over a real API server.
 * Modelled, as recorded from the running plug-in (tests/rehearsal/kubernetes-provider/README.md, tables a to k): create,
 * update by server-side apply, conflicts and taking over fields, replacement, provider replacement, absent kinds, an
 * unreachable server, waitFor and skipAwait, readiness of Deployment, DaemonSet, StatefulSet, Pod, Service and Job, drift
 * and refresh.
 * The record is of a build some weeks older than 4.34.2; its row marked V (an update takes over what kubectl set and
 * removes it) follows the record and proves nothing about 4.34.2.
 * Not modelled: component resources (yaml, helm, kustomize), Patch and List resources, rendering to files, readiness of
 * other kinds, schema checks of built-in kinds, strategic merge with client-side apply, GetSchema.
 */
import { serve } from "../plugin/server";
import { httpTransport } from "./api";
import { kubernetes } from "./provider";
import { sleep } from "./retry";

serve(kubernetes({ transport: httpTransport, wait: sleep, now: Date.now, env: process.env }), process.argv);
