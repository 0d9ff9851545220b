// Command oracle records the answers of Cilium 1.19. What is the same for every minor is in ../recorder.
package main

import (
	"context"
	"log/slog"
	"net/netip"

	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"

	"aks-cilium/oracle/recorder"

	cmtypes "github.com/cilium/cilium/pkg/clustermesh/types"
	"github.com/cilium/cilium/pkg/crypto/certificatemanager"
	"github.com/cilium/cilium/pkg/endpoint/regeneration"
	envoypolicy "github.com/cilium/cilium/pkg/envoy/policy"
	"github.com/cilium/cilium/pkg/identity"
	"github.com/cilium/cilium/pkg/identity/identitymanager"
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
	policytypes "github.com/cilium/cilium/pkg/policy/types"
	policyutils "github.com/cilium/cilium/pkg/policy/utils"
	"github.com/cilium/cilium/pkg/spanstat"
	testidentity "github.com/cilium/cilium/pkg/testutils/identity"
	testpolicy "github.com/cilium/cilium/pkg/testutils/policy"
	"github.com/cilium/cilium/pkg/types"
	"github.com/cilium/cilium/pkg/u8proto"
)

func main() { recorder.Main(cilium{}) }

type cilium struct{}

var logger = slog.New(slog.DiscardHandler)

// anyCluster is policy-default-local-cluster=false, what AKS sets; upstream's default is on since 1.19.
const anyCluster = cmtypes.PolicyAnyCluster

func (cilium) Init() error {
	logging.SetLogLevel(slog.Level(100))
	api.InitEntities(recorder.Cluster)
	option.Config.ClusterName = recorder.Cluster
	option.Config.EnableL7Proxy = true
	option.Config.EnableICMPRules = true
	option.Config.EnableNonDefaultDenyPolicies = true
	option.Config.AllowLocalhost = option.AllowLocalhostAlways
	policy.SetPolicyEnabled(option.DefaultEnforcement)
	return labelsfilter.ParseLabelPrefixCfg(logger, nil, nil, "")
}

func (cilium) CRDs() map[string]apiextensionsv1.CustomResourceDefinition {
	return map[string]apiextensionsv1.CustomResourceDefinition{
		"CiliumNetworkPolicy":            client.GetPregeneratedCRD(logger, client.CNPCRDName),
		"CiliumClusterwideNetworkPolicy": client.GetPregeneratedCRD(logger, client.CCNPCRDName),
	}
}

// rules of one document: in 1.19 the agent turns what it parsed into policy entries at once.
type rules struct{ parsed policytypes.PolicyEntries }

func (r rules) Empty() bool              { return len(r.parsed) == 0 }
func (r rules) Prefixes() []netip.Prefix { return policy.GetCIDRPrefixes(r.parsed) }
func (r rules) FQDNSelectors() (found []api.FQDNSelector) {
	for _, entry := range r.parsed {
		for _, peer := range entry.L3 {
			if selector, ok := peer.GetFQDNSelector(); ok {
				found = append(found, *selector)
			}
		}
	}
	return found
}

func parsed(found api.Rules, err error) (recorder.Rules, error) {
	if err != nil {
		return nil, err
	}
	return rules{policyutils.RulesToPolicyEntries(found)}, nil
}

func (cilium) ParseCNP(p *v2.CiliumNetworkPolicy) (recorder.Rules, error) {
	return parsed(p.Parse(logger, anyCluster))
}
func (cilium) ParseCCNP(p *v2.CiliumClusterwideNetworkPolicy) (recorder.Rules, error) {
	return parsed(p.Parse(logger, anyCluster))
}
func (cilium) ParseNetworkPolicy(p *slim_networkingv1.NetworkPolicy) (recorder.Rules, error) {
	entries, err := k8s.ParseNetworkPolicy(logger, anyCluster, p)
	if err != nil {
		return nil, err
	}
	return rules{entries}, nil
}

func (cilium) NamedPort(ports types.NamedPortMap, name string, protocol uint8) uint16 {
	port, err := ports.GetNamedPort(name, u8proto.U8proto(protocol))
	if err != nil {
		return 0
	}
	return port
}

func (cilium) AnyNamedPort(ports types.NamedPortMultiMap, name string, protocol uint8) uint16 {
	port, err := ports.GetNamedPort(name, u8proto.U8proto(protocol))
	if err != nil {
		return 0
	}
	return port
}

func (cilium) Lookup(entries []recorder.Entry, egress bool, peer uint32, protocol uint8, port uint16) *recorder.Entry {
	return recorder.LookupByPrecedence(entries, egress, peer, protocol, port)
}

// owner is what the engine asks about the endpoint it computes policy for.
type owner struct{ *recorder.Pod }

var _ policy.PolicyOwner = owner{}

func (o owner) GetID() uint64 { return o.ID }
func (o owner) GetNamedPort(ingress bool, name string, protocol u8proto.U8proto) uint16 {
	if ingress {
		return cilium{}.NamedPort(o.Ports, name, uint8(protocol))
	}
	return cilium{}.AnyNamedPort(o.AllPorts, name, uint8(protocol))
}
func (o owner) PolicyDebug(string, ...any)         {}
func (o owner) IsHost() bool                       { return false }
func (o owner) PreviousMapState() *policy.MapState { return nil }
func (o owner) RegenerateIfAlive(*regeneration.ExternalRegenerationMetadata) <-chan bool {
	done := make(chan bool)
	close(done)
	return done
}

// secrets has every TLS secret that a policy may name.
type secrets struct{}

func (secrets) GetTLSContext(context.Context, *api.TLSContext, string) (ca, public, private string, inline bool, err error) {
	return "ca", "public", "private", true, nil
}

type stats struct{ waiting, calculating spanstat.SpanStat }

func (s *stats) WaitingForPolicyRepository() *spanstat.SpanStat { return &s.waiting }
func (s *stats) SelectorPolicyCalculation() *spanstat.SpanStat  { return &s.calculating }

type repository struct {
	*policy.Repository
	identities identitymanager.IDManager
}

func (cilium) NewRepository(ids identity.IdentityMap) recorder.Repository {
	manager := identitymanager.NewIDManager(logger)
	made := policy.NewPolicyRepository(logger, ids, secrets{},
		envoypolicy.NewEnvoyL7RulesTranslator(logger, certificatemanager.NewMockSecretManagerInline()),
		manager, testpolicy.NewPolicyMetricsNoop())
	made.GetSelectorCache().SetLocalIdentityNotifier(testidentity.NewDummyIdentityNotifier())
	return &repository{made, manager}
}

func (r *repository) Add(key string, found recorder.Rules) {
	r.ReplaceByResource(found.(rules).parsed, ipcachetypes.ResourceID(key))
}

func (r *repository) Resolve(pod *recorder.Pod) (recorder.PolicyMap, error) {
	var result recorder.PolicyMap
	// Policy is computed for the identities of local endpoints only.
	r.identities.Add(pod.Identity)
	selected, _, err := r.GetSelectorPolicy(pod.Identity, 0, &stats{}, pod.ID)
	if err != nil {
		return result, err
	}
	// As pkg/endpoint addNewRedirects.
	redirects := map[string]uint16{}
	for filter, selector := range selected.RedirectFilters() {
		port := filter.Port
		if port == 0 && filter.PortName != "" {
			if port = (owner{pod}).GetNamedPort(filter.Ingress, filter.PortName, filter.U8Proto); port == 0 {
				continue
			}
		}
		redirects[policy.ProxyID(uint16(pod.ID), filter.Ingress, string(filter.Protocol), port, selector.Policy.GetListener())] = 10000
	}
	computed := selected.DistillPolicy(logger, owner{pod}, redirects)
	computed.Ready()
	defer computed.Detach(logger)
	// A range that starts at port 0 is any port to the datapath and a range to the engine: nothing to compare then.
	fromZero := false
	for key, value := range computed.Entries() {
		entry := recorder.Entry{Egress: key.IsEgress(), Peer: uint32(key.Identity), Protocol: uint8(key.Nexthdr), Port: key.DestPort,
			Deny: value.IsDeny(), Redirect: value.IsRedirectEntry(), Precedence: uint32(value.Precedence)}
		// As pkg/maps/policymap: in the key of the datapath port 0 is any port, whatever the length of its prefix.
		if key.DestPort != 0 {
			entry.PortBits = key.PortPrefixLen()
		} else if key.PortPrefixLen() != 0 {
			fromZero = true
		}
		result.Entries = append(result.Entries, entry)
	}
	if fromZero {
		return result, nil
	}
	result.Check = func(egress bool, peer uint32, protocol uint8, port uint16) string {
		key := policy.IngressKey()
		if egress {
			key = policy.EgressKey()
		}
		key = key.WithIdentity(identity.NumericIdentity(peer)).WithPortProto(u8proto.U8proto(protocol), port)
		value, _, found := computed.Lookup(key)
		if !found {
			return (*recorder.Entry)(nil).Verdict()
		}
		return (&recorder.Entry{Deny: value.IsDeny(), Redirect: value.IsRedirectEntry()}).Verdict()
	}
	return result, nil
}
