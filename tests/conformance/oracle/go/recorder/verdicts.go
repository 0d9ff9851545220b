package recorder

import (
	"fmt"
	"net/netip"
	"sort"
	"strconv"
	"strings"

	"github.com/cilium/cilium/pkg/identity"
	"github.com/cilium/cilium/pkg/option"
	"github.com/cilium/cilium/pkg/types"
)

// pod of a scenario with its policy map, or why there is none.
type pod struct {
	Pod
	policy PolicyMap
	err    error
}

// end is one side of a flow; pod is nil where it is no endpoint.
type end struct {
	identity *identity.Identity
	pod      *pod
}

// cluster is a scenario prepared for flows.
type cluster struct {
	engine    Engine
	ids       *identities
	pods      map[string]*pod
	byAddress map[netip.Addr]*pod
}

// decide answers a scenario: documents first, then the policy of every pod, then the flows.
func decide(engine Engine, documents *documents, scenario *Scenario) (answer ScenarioAnswer) {
	answer = ScenarioAnswer{ID: scenario.ID, Policies: []DocumentAnswer{}}
	defer func() {
		if reason := recover(); reason != nil {
			answer.Error = fmt.Sprintf("PANIC: %v", reason)
		}
	}()
	option.Config.EnableIPv4, option.Config.EnableIPv6 = true, scenario.IPv6
	ids, err := newIdentities(scenario)
	if err != nil {
		answer.Error = err.Error()
		return answer
	}
	c := &cluster{engine, ids, map[string]*pod{}, map[netip.Addr]*pod{}}
	if err := c.addPods(scenario); err != nil {
		answer.Error = err.Error()
		return answer
	}
	enforced := map[string]Rules{}
	keys := []string{}
	for i, raw := range scenario.Policies {
		document, rules := documents.check(raw)
		answer.Policies = append(answer.Policies, document)
		if rules == nil {
			continue
		}
		for _, prefix := range rules.Prefixes() {
			ids.prefixes[prefix.Masked()] = true
		}
		ids.selectors = append(ids.selectors, rules.FQDNSelectors()...)
		if !rules.Empty() {
			key := fmt.Sprintf("%s/%s/%d-%s", document.Kind, document.namespace, i, document.Name)
			keys, enforced[key] = append(keys, key), rules
		}
	}
	ids.announce(scenario.IPv6)
	// The ends of all flows before any policy: they may need identities that selectors have to see.
	flows := make([]func() FlowAnswer, len(scenario.Flows))
	for i, flow := range scenario.Flows {
		flows[i] = c.prepare(flow)
	}
	repository := engine.NewRepository(ids.all)
	for _, key := range keys {
		repository.Add(key, enforced[key])
	}
	answer.EndpointErrors = c.resolve(repository)
	answer.Flows = make([]FlowAnswer, len(flows))
	for i, flow := range flows {
		answer.Flows[i] = flow()
	}
	return answer
}

func (c *cluster) addPods(scenario *Scenario) error {
	namespaces := map[string]Namespace{}
	for _, namespace := range scenario.Namespaces {
		namespaces[namespace.Name] = namespace
	}
	all := types.NewNamedPortMultiMap()
	for i, endpoint := range scenario.Endpoints {
		p := &pod{Pod: Pod{ID: uint64(i + 1), Ports: types.NamedPortMap{}, AllPorts: all}}
		if endpoint.Reserved != "" {
			reserved, err := c.ids.ofEntity(endpoint.Reserved)
			if err != nil {
				return err
			}
			p.Identity = reserved
		} else {
			namespace, ok := namespaces[endpoint.Namespace]
			if !ok {
				namespace = Namespace{Name: endpoint.Namespace}
			}
			p.Identity = c.ids.ofPod(namespace, endpoint)
		}
		for _, port := range endpoint.NamedPorts {
			if err := p.Ports.AddPort(port.Name, port.Port, port.Protocol); err != nil {
				return err
			}
		}
		all.Update(nil, p.Ports)
		c.pods[endpoint.Name] = p
		if address, err := netip.ParseAddr(endpoint.IP); err == nil {
			c.byAddress[address] = p
		}
	}
	return nil
}

// resolve computes every pod's policy map, in the order of names; the errors by name.
func (c *cluster) resolve(repository Repository) map[string]string {
	names := []string{}
	for name := range c.pods {
		names = append(names, name)
	}
	sort.Strings(names)
	errors := map[string]string{}
	for _, name := range names {
		p := c.pods[name]
		func() {
			defer func() {
				if reason := recover(); reason != nil {
					p.err = fmt.Errorf("PANIC: %v", reason)
				}
			}()
			p.policy, p.err = repository.Resolve(&p.Pod)
		}()
		if p.err != nil {
			errors[name] = p.err.Error()
		}
	}
	return errors
}

// prepare finds the ends of a flow; the function it returns decides, once the policy maps are there.
func (c *cluster) prepare(flow Flow) func() FlowAnswer {
	from, err := c.end(flow.From)
	var to end
	if err == nil {
		to, err = c.end(flow.To)
	}
	return func() FlowAnswer {
		var protocol uint8
		var port uint16
		if err == nil {
			protocol, err = protocolNumber(flow.Protocol)
		}
		if err == nil {
			port, err = c.port(flow, to.pod, protocol)
		}
		if err != nil {
			return FlowAnswer{Egress: "error", Ingress: "error", Overall: "error", Error: err.Error()}
		}
		var answer FlowAnswer
		answer.Egress = c.side(&answer, from.pod, true, to.identity, protocol, port)
		answer.Ingress = c.side(&answer, to.pod, false, from.identity, protocol, port)
		answer.Overall = overall(answer.Egress, answer.Ingress)
		return answer
	}
}

func (c *cluster) side(answer *FlowAnswer, p *pod, egress bool, peer *identity.Identity, protocol uint8, port uint16) string {
	if p == nil {
		return "n/a"
	}
	if p.err != nil {
		return "error"
	}
	verdict := c.engine.Lookup(p.policy.Entries, egress, uint32(peer.ID), protocol, port).Verdict()
	// Port 0 means any port to the map and no port to the engine's function.
	if p.policy.Check != nil && port != 0 {
		if own := p.policy.Check(egress, uint32(peer.ID), protocol, port); own != verdict {
			answer.Mismatch = fmt.Sprintf("the engine's own lookup says %s, ours %s", own, verdict)
		}
	}
	return verdict
}

func (c *cluster) end(peer Peer) (end, error) {
	switch {
	case peer.Endpoint != "":
		p := c.pods[peer.Endpoint]
		if p == nil {
			return end{}, fmt.Errorf("no endpoint %q", peer.Endpoint)
		}
		return end{p.Identity, p}, nil
	case peer.CIDR != "":
		text, _, _ := strings.Cut(peer.CIDR, "/")
		address, err := netip.ParseAddr(text)
		if err != nil {
			return end{}, err
		}
		if p := c.byAddress[address]; p != nil {
			return end{p.Identity, p}, nil
		}
		return end{c.ids.ofAddress(address), nil}, nil
	}
	entity, err := c.ids.ofEntity(peer.Entity)
	return end{entity, nil}, err
}

func (c *cluster) port(flow Flow, to *pod, protocol uint8) (uint16, error) {
	text := strings.Trim(string(flow.Port), `"`)
	if text == "" {
		return 0, nil
	}
	if number, err := strconv.ParseUint(text, 10, 16); err == nil {
		return uint16(number), nil
	}
	if to == nil || protocol == icmp || protocol == icmpv6 {
		return 0, fmt.Errorf("port %q cannot be resolved", text)
	}
	port := c.engine.NamedPort(to.Ports, text, protocol)
	if port == 0 {
		return 0, fmt.Errorf("destination has no port named %q", text)
	}
	return port, nil
}

const (
	icmp   = 1
	icmpv6 = 58
)

func protocolNumber(name string) (uint8, error) {
	switch strings.ToUpper(name) {
	case "TCP":
		return 6, nil
	case "UDP":
		return 17, nil
	case "SCTP":
		return 132, nil
	case "ICMP", "ICMPV4":
		return icmp, nil
	case "ICMPV6":
		return icmpv6, nil
	}
	return 0, fmt.Errorf("unknown protocol %q", name)
}

// overall: an error or a drop on either side decides; a redirect on one makes it one.
func overall(egress, ingress string) string {
	switch {
	case egress == "error" || ingress == "error":
		return "error"
	case strings.HasSuffix(egress, "deny") || strings.HasSuffix(ingress, "deny"):
		return "deny"
	case egress == "redirect" || ingress == "redirect":
		return "redirect"
	}
	return "allow"
}
