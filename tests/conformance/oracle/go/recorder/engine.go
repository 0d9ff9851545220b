// Package recorder asks Cilium's own code what it makes of policies, and writes the answers down.
//
// It holds what is the same for every minor of Cilium; what differs is an Engine, one program a minor beside this folder.
package recorder

import (
	"net/netip"

	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"

	"github.com/cilium/cilium/pkg/identity"
	v2 "github.com/cilium/cilium/pkg/k8s/apis/cilium.io/v2"
	slim_networkingv1 "github.com/cilium/cilium/pkg/k8s/slim/k8s/api/networking/v1"
	"github.com/cilium/cilium/pkg/policy/api"
	"github.com/cilium/cilium/pkg/types"
)

// Cluster is the name of the one cluster that all cases are in.
const Cluster = "default"

// Engine is one minor of Cilium, configured as AKS does: L7 proxy and ICMP rules on, default deny optional, kubelet
// allowed always ("auto" becomes that with Kubernetes), policy-default-local-cluster off.
type Engine interface {
	// Init configures Cilium's packages; called once.
	Init() error
	// CRDs by kind, as this minor installs them.
	CRDs() map[string]apiextensionsv1.CustomResourceDefinition

	ParseCNP(*v2.CiliumNetworkPolicy) (Rules, error)
	ParseCCNP(*v2.CiliumClusterwideNetworkPolicy) (Rules, error)
	ParseNetworkPolicy(*slim_networkingv1.NetworkPolicy) (Rules, error)

	// NamedPort of one pod, 0 when it has none of this name and protocol.
	NamedPort(ports types.NamedPortMap, name string, protocol uint8) uint16
	// AnyNamedPort is that of all pods together, which egress rules use; 0 when there is none, or more than one.
	AnyNamedPort(ports types.NamedPortMultiMap, name string, protocol uint8) uint16

	NewRepository(identity.IdentityMap) Repository
	// Lookup in a policy map as bpf/lib/policy.h of this minor does; nil is no entry.
	Lookup(entries []Entry, egress bool, peer uint32, protocol uint8, port uint16) *Entry
}

// Rules are what a document was parsed to.
type Rules interface {
	Empty() bool
	// Prefixes of all CIDR rules.
	Prefixes() []netip.Prefix
	FQDNSelectors() []api.FQDNSelector
}

// Repository is Cilium's policy repository with its selector cache.
type Repository interface {
	// Add takes the rules of one object; key is KIND/NAMESPACE/NAME (ipcachetypes.NewResourceID).
	Add(key string, rules Rules)
	// Resolve computes the policy map of a pod with all redirects realized, as pkg/endpoint does.
	Resolve(*Pod) (PolicyMap, error)
}

// PolicyMap is what the agent would write for one endpoint.
type PolicyMap struct {
	Entries []Entry
	// Check is the engine's own answer for a flow, where this minor has a function for it; nil otherwise.
	Check func(egress bool, peer uint32, protocol uint8, port uint16) string
}

// Pod is an endpoint that has policy.
type Pod struct {
	ID       uint64
	Identity *identity.Identity
	Ports    types.NamedPortMap
	// AllPorts are those of every pod of the case.
	AllPorts types.NamedPortMultiMap
}
