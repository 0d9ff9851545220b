// Command oracle records the answers of Cilium 1.16. What is the same for every minor is in ../recorder.
package main

import (
	"context"
	"math/bits"
	"net/netip"

	"github.com/sirupsen/logrus"
	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"

	"aks-cilium/oracle/recorder"

	"github.com/cilium/cilium/pkg/defaults"
	"github.com/cilium/cilium/pkg/endpoint/regeneration"
	"github.com/cilium/cilium/pkg/fqdn/re"
	"github.com/cilium/cilium/pkg/identity"
	ipcachetypes "github.com/cilium/cilium/pkg/ipcache/types"
	"github.com/cilium/cilium/pkg/k8s"
	"github.com/cilium/cilium/pkg/k8s/apis/cilium.io/client"
	v2 "github.com/cilium/cilium/pkg/k8s/apis/cilium.io/v2"
	slim_networkingv1 "github.com/cilium/cilium/pkg/k8s/slim/k8s/api/networking/v1"
	"github.com/cilium/cilium/pkg/labelsfilter"
	"github.com/cilium/cilium/pkg/logging"
	"github.com/cilium/cilium/pkg/option"
	"github.com/cilium/cilium/pkg/policy"
	"github.com/cilium/cilium/pkg/policy/api"
	testidentity "github.com/cilium/cilium/pkg/testutils/identity"
	"github.com/cilium/cilium/pkg/types"
)

func main() { recorder.Main(cilium{}) }

type cilium struct{}

func (cilium) Init() error {
	logging.DefaultLogger.SetLevel(logrus.PanicLevel)
	logrus.SetLevel(logrus.PanicLevel)
	api.InitEntities(recorder.Cluster)
	option.Config.ClusterName = recorder.Cluster
	option.Config.EnableL7Proxy = true
	option.Config.EnableICMPRules = true
	option.Config.AllowLocalhost = option.AllowLocalhostAlways
	policy.SetPolicyEnabled(option.DefaultEnforcement)
	if err := re.InitRegexCompileLRU(defaults.FQDNRegexCompileLRUSize); err != nil {
		return err
	}
	return labelsfilter.ParseLabelPrefixCfg(nil, nil, "")
}

func (cilium) CRDs() map[string]apiextensionsv1.CustomResourceDefinition {
	return map[string]apiextensionsv1.CustomResourceDefinition{
		"CiliumNetworkPolicy":            client.GetPregeneratedCRD(client.CNPCRDName),
		"CiliumClusterwideNetworkPolicy": client.GetPregeneratedCRD(client.CCNPCRDName),
	}
}

// rules of one document.
type rules struct{ parsed api.Rules }

func (r rules) Empty() bool              { return len(r.parsed) == 0 }
func (r rules) Prefixes() []netip.Prefix { return policy.GetCIDRPrefixes(r.parsed) }
func (r rules) FQDNSelectors() (found []api.FQDNSelector) {
	for _, rule := range r.parsed {
		for _, egress := range rule.Egress {
			found = append(found, egress.ToFQDNs...)
		}
	}
	return found
}

func parsed(found api.Rules, err error) (recorder.Rules, error) {
	if err != nil {
		return nil, err
	}
	return rules{found}, nil
}

// In 1.16 the agent puts the addresses of a group in place of cidrGroupRef before Parse (pkg/policy/k8s translateSpec).
// No groups are declared in a case, so every reference goes; Sanitize is still asked about the object as written.
func (cilium) ParseCNP(p *v2.CiliumNetworkPolicy) (recorder.Rules, error) {
	if _, err := p.DeepCopy().Parse(); err != nil {
		return nil, err
	}
	withoutGroups(append(p.Specs, p.Spec))
	return parsed(p.Parse())
}

func (cilium) ParseCCNP(p *v2.CiliumClusterwideNetworkPolicy) (recorder.Rules, error) {
	if _, err := p.DeepCopy().Parse(); err != nil {
		return nil, err
	}
	withoutGroups(append(p.Specs, p.Spec))
	return parsed(p.Parse())
}

func (cilium) ParseNetworkPolicy(p *slim_networkingv1.NetworkPolicy) (recorder.Rules, error) {
	return parsed(k8s.ParseNetworkPolicy(p))
}

func withoutGroups(specs api.Rules) {
	for _, spec := range specs {
		if spec == nil {
			continue
		}
		for i := range spec.Ingress {
			dropGroups(&spec.Ingress[i].FromCIDRSet)
		}
		for i := range spec.IngressDeny {
			dropGroups(&spec.IngressDeny[i].FromCIDRSet)
		}
		for i := range spec.Egress {
			dropGroups(&spec.Egress[i].ToCIDRSet)
		}
		for i := range spec.EgressDeny {
			dropGroups(&spec.EgressDeny[i].ToCIDRSet)
		}
	}
}

// dropGroups leaves an empty list empty and not nil: to the engine the one selects nothing, the other everything.
func dropGroups(set *api.CIDRRuleSlice) {
	if *set == nil {
		return
	}
	kept := api.CIDRRuleSlice{}
	for _, rule := range *set {
		if rule.CIDRGroupRef == "" {
			kept = append(kept, rule)
		}
	}
	*set = kept
}

func (cilium) NamedPort(ports types.NamedPortMap, name string, protocol uint8) uint16 {
	port, err := ports.GetNamedPort(name, protocol)
	if err != nil {
		return 0
	}
	return port
}

func (cilium) AnyNamedPort(ports types.NamedPortMultiMap, name string, protocol uint8) uint16 {
	port, err := ports.GetNamedPort(name, protocol)
	if err != nil {
		return 0
	}
	return port
}

func (cilium) Lookup(entries []recorder.Entry, egress bool, peer uint32, protocol uint8, port uint16) *recorder.Entry {
	return recorder.LookupByPrefix(entries, egress, peer, protocol, port)
}

// owner is what the engine asks about the endpoint it computes policy for.
type owner struct{ *recorder.Pod }

var _ policy.PolicyOwner = owner{}

func (o owner) GetID() uint64 { return o.ID }
func (o owner) GetNamedPort(ingress bool, name string, protocol uint8) uint16 {
	if ingress {
		return cilium{}.NamedPort(o.Ports, name, protocol)
	}
	return cilium{}.AnyNamedPort(o.AllPorts, name, protocol)
}
func (o owner) LookupRedirectPort(bool, string, uint16, string) (uint16, error) { return 0, nil }
func (o owner) GetRealizedRedirects() map[string]uint16                         { return nil }
func (o owner) HasBPFPolicyMap() bool                                           { return true }
func (o owner) PolicyDebug(logrus.Fields, string)                               {}
func (o owner) RegenerateIfAlive(*regeneration.ExternalRegenerationMetadata) <-chan bool {
	done := make(chan bool)
	close(done)
	return done
}

// secrets has every TLS secret that a policy may name.
type secrets struct{}

func (secrets) GetTLSContext(context.Context, *api.TLSContext, string) (ca, public, private string, err error) {
	return "ca", "public", "private", nil
}

type repository struct{ *policy.Repository }

func (cilium) NewRepository(ids identity.IdentityMap) recorder.Repository {
	made := policy.NewStoppedPolicyRepository(ids, secrets{}, nil, api.NewPolicyMetricsNoop())
	made.GetSelectorCache().SetLocalIdentityNotifier(testidentity.NewDummyIdentityNotifier())
	return &repository{made}
}

func (r *repository) Add(key string, found recorder.Rules) {
	r.Mutex.Lock()
	defer r.Mutex.Unlock()
	r.ReplaceByResourceLocked(found.(rules).parsed, ipcachetypes.ResourceID(key))
}

func (r *repository) Resolve(pod *recorder.Pod) (recorder.PolicyMap, error) {
	var result recorder.PolicyMap
	cache := r.GetPolicyCache()
	cache.LocalEndpointIdentityAdded(pod.Identity)
	r.Mutex.RLock()
	err := cache.UpdatePolicy(pod.Identity, pod.ID)
	r.Mutex.RUnlock()
	if err != nil {
		return result, err
	}
	computed := cache.Lookup(pod.Identity).Consume(owner{pod})
	defer computed.Detach()
	// As pkg/endpoint addNewRedirectsFromDesiredPolicy.
	redirects := func(filter *policy.L4Filter) map[string]uint16 {
		port := filter.Port
		if port == 0 && filter.PortName != "" {
			if port = (owner{pod}).GetNamedPort(filter.Ingress, filter.PortName, uint8(filter.U8Proto)); port == 0 {
				return nil
			}
		}
		made := map[string]uint16{}
		for _, selector := range filter.PerSelectorPolicies {
			made[policy.ProxyID(uint16(pod.ID), filter.Ingress, string(filter.Protocol), port, selector.GetListener())] = 10000
		}
		return made
	}
	changes := policy.ChangeState{Adds: policy.Keys{}, Deletes: policy.Keys{}, Old: map[policy.Key]policy.MapStateEntry{}}
	computed.UpdateRedirects(true, redirects, changes)
	computed.UpdateRedirects(false, redirects, changes)
	computed.GetPolicyMap().ForEach(func(key policy.Key, value policy.MapStateEntry) bool {
		entry := recorder.Entry{Egress: key.TrafficDirection == 1, Peer: key.Identity, Protocol: key.Nexthdr, Port: key.DestPort,
			Deny: value.IsDeny, Redirect: value.ProxyPort != 0}
		// As pkg/maps/policymap.NewKey: port 0 is any port, whatever the mask.
		if key.DestPort != 0 {
			entry.PortBits = uint8(bits.OnesCount16(^key.InvertedPortMask))
		}
		result.Entries = append(result.Entries, entry)
		return true
	})
	return result, nil
}
