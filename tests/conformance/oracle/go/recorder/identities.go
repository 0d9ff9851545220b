package recorder

import (
	"fmt"
	"net/netip"
	"strings"

	"github.com/cilium/cilium/pkg/identity"
	k8sUtils "github.com/cilium/cilium/pkg/k8s/utils"
	"github.com/cilium/cilium/pkg/labels"
	"github.com/cilium/cilium/pkg/labelsfilter"
	"github.com/cilium/cilium/pkg/policy/api"
)

// Addresses that entities stand for. "world" is an address and not the bare identity: in 1.16 a rule such as 0.0.0.0/0
// with `except` is split into prefixes, and no packet then carries the identity world.
var (
	worldAddress     = netip.MustParseAddr("198.51.100.77")
	worldAddressIPv6 = netip.MustParseAddr("3fff::77")
	apiServerAddress = netip.MustParseAddr("203.0.113.10")
)

// identities gives labels and addresses numeric identities as agent and ipcache do.
type identities struct {
	all       identity.IdentityMap
	byLabels  map[string]*identity.Identity
	pods      identity.NumericIdentity
	locals    identity.NumericIdentity
	prefixes  map[netip.Prefix]bool // those of every policy that is enforced
	apiServer netip.Addr
	names     map[string][]string // addresses the DNS proxy has seen
	selectors []api.FQDNSelector
}

func newIdentities(scenario *Scenario) (*identities, error) {
	ids := &identities{
		all:       identity.IdentityMap{},
		byLabels:  map[string]*identity.Identity{},
		prefixes:  map[netip.Prefix]bool{},
		apiServer: apiServerAddress,
		names:     scenario.FQDN,
	}
	if scenario.KubeAPIServer != "" {
		address, err := netip.ParseAddr(scenario.KubeAPIServer)
		if err != nil {
			return nil, err
		}
		ids.apiServer = address
	}
	reserved := []identity.NumericIdentity{
		identity.ReservedIdentityHost, identity.ReservedIdentityWorld, identity.ReservedIdentityUnmanaged,
		identity.ReservedIdentityHealth, identity.ReservedIdentityInit, identity.ReservedIdentityRemoteNode,
		identity.ReservedIdentityIngress,
	}
	if scenario.IPv6 {
		reserved = append(reserved, identity.ReservedIdentityWorldIPv4, identity.ReservedIdentityWorldIPv6)
	}
	for _, number := range reserved {
		ids.all[number] = identity.LookupReservedIdentity(number).LabelArray
	}
	return ids, nil
}

// of a label set: one number each, from the local range for addresses, from the cluster's for pods.
func (ids *identities) of(set labels.Labels, local bool) *identity.Identity {
	key := string(set.SortedList())
	if known, ok := ids.byLabels[key]; ok {
		return known
	}
	var number identity.NumericIdentity
	if reserved := identity.LookupReservedIdentityByLabels(set); reserved != nil {
		number = reserved.ID
	} else if local {
		ids.locals++
		number = identity.IdentityScopeLocal | ids.locals
	} else {
		ids.pods++
		number = 1000 + ids.pods
	}
	made := identity.NewIdentity(number, set)
	ids.byLabels[key] = made
	ids.all[number] = made.LabelArray
	return made
}

// ofPod filters labels as the agent does by default; the API server adds the namespace's own name to its labels.
func (ids *identities) ofPod(namespace Namespace, pod Endpoint) *identity.Identity {
	namespaceLabels := map[string]string{"kubernetes.io/metadata.name": namespace.Name}
	for key, value := range namespace.Labels {
		namespaceLabels[key] = value
	}
	podLabels := map[string]string{}
	for key, value := range pod.Labels {
		podLabels[key] = value
	}
	sanitized := k8sUtils.SanitizePodLabels(podLabels, Namespace{namespace.Name, namespaceLabels}, pod.ServiceAccount, Cluster)
	relevant, _ := labelsfilter.Filter(labels.Map2Labels(sanitized, labels.LabelSourceK8s))
	return ids.of(relevant, false)
}

// ofAddress is that of the longest prefix any policy names, with the labels of the API server and of matching names
// (ipcache: resolveIdentity, mergeParentLabels); without any it is world.
func (ids *identities) ofAddress(address netip.Addr) *identity.Identity {
	var longest netip.Prefix
	for prefix := range ids.prefixes {
		if prefix.Contains(address) && prefix.Bits() > 0 && (!longest.IsValid() || prefix.Bits() > longest.Bits()) {
			longest = prefix
		}
	}
	set := labels.Labels{}
	if longest.IsValid() {
		set.MergeLabels(labels.GetCIDRLabels(longest))
	}
	if address == ids.apiServer {
		label := labels.NewLabel(labels.IDNameKubeAPIServer, "", labels.LabelSourceReserved)
		set[label.Key] = label
		if !longest.IsValid() {
			set.MergeLabels(labels.GetCIDRLabels(netip.PrefixFrom(address, address.BitLen())))
		}
	}
	for _, selector := range ids.selectorsFor(address) {
		label := selector.IdentityLabel()
		set[label.Key] = label
	}
	set.AddWorldLabel(address)
	return ids.of(set, true)
}

func (ids *identities) selectorsFor(address netip.Addr) (found []api.FQDNSelector) {
	for name, addresses := range ids.names {
		query := strings.ToLower(strings.TrimSuffix(name, ".")) + "."
		for _, text := range addresses {
			if seen, err := netip.ParseAddr(text); err != nil || seen != address {
				continue
			}
			for _, selector := range ids.selectors {
				if pattern, err := selector.ToRegex(); err == nil && pattern.MatchString(query) {
					found = append(found, selector)
				}
			}
		}
	}
	return found
}

// announce gives every prefix and address that policies and DNS know an identity before policy is computed.
func (ids *identities) announce(ipv6 bool) {
	for prefix := range ids.prefixes {
		if prefix.Bits() > 0 && (prefix.Addr().Is4() || ipv6) {
			ids.of(labels.GetCIDRLabels(prefix), true)
		}
	}
	ids.ofAddress(ids.apiServer)
	for _, addresses := range ids.names {
		for _, text := range addresses {
			if address, err := netip.ParseAddr(text); err == nil {
				ids.ofAddress(address)
			}
		}
	}
}

func (ids *identities) ofEntity(name string) (*identity.Identity, error) {
	switch name {
	case "world":
		return ids.ofAddress(worldAddress), nil
	case "world-ipv6":
		return ids.ofAddress(worldAddressIPv6), nil
	case "kube-apiserver":
		return ids.ofAddress(ids.apiServer), nil
	}
	reserved, ok := map[string]identity.NumericIdentity{
		"host":        identity.ReservedIdentityHost,
		"remote-node": identity.ReservedIdentityRemoteNode,
		"health":      identity.ReservedIdentityHealth,
		"ingress":     identity.ReservedIdentityIngress,
		"init":        identity.ReservedIdentityInit,
		"unmanaged":   identity.ReservedIdentityUnmanaged,
	}[name]
	if !ok {
		return nil, fmt.Errorf("unknown entity %q", name)
	}
	return identity.LookupReservedIdentity(reserved), nil
}
