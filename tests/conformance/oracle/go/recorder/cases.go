package recorder

import "encoding/json"

// The cases and answers of the recorded files; ../../README.md says what each field means.

// Document is a case of `validate`.
type Document struct {
	ID     string          `json:"id"`
	Policy json.RawMessage `json:"policy"`
}

// Scenario is a case of `verdicts`.
type Scenario struct {
	ID            string              `json:"id"`
	IPv6          bool                `json:"ipv6"`
	Namespaces    []Namespace         `json:"namespaces"`
	Endpoints     []Endpoint          `json:"endpoints"`
	Policies      []json.RawMessage   `json:"policies"`
	KubeAPIServer string              `json:"kubeApiserver"`
	FQDN          map[string][]string `json:"fqdn"`
	Flows         []Flow              `json:"flows"`
}

// Namespace with its labels; it is what Cilium's SanitizePodLabels takes for one.
type Namespace struct {
	Name   string            `json:"name"`
	Labels map[string]string `json:"labels"`
}

func (n Namespace) GetName() string              { return n.Name }
func (n Namespace) GetLabels() map[string]string { return n.Labels }

// Endpoint is a pod, or a reserved endpoint that has policy.
type Endpoint struct {
	Name           string            `json:"name"`
	Namespace      string            `json:"namespace"`
	Labels         map[string]string `json:"labels"`
	ServiceAccount string            `json:"serviceAccount"`
	IP             string            `json:"ip"`
	NamedPorts     []NamedPort       `json:"namedPorts"`
	Reserved       string            `json:"reserved"`
}

// NamedPort of a pod; without protocol it is TCP.
type NamedPort struct {
	Name     string `json:"name"`
	Port     int    `json:"port"`
	Protocol string `json:"protocol"`
}

// Flow to decide. Port is a number, or a name among the destination's ports; of ICMP it is the type.
type Flow struct {
	From     Peer            `json:"from"`
	To       Peer            `json:"to"`
	Port     json.RawMessage `json:"port"`
	Protocol string          `json:"protocol"`
}

// Peer is an endpoint's name (a JSON string), an entity or an address.
type Peer struct {
	Endpoint string `json:"endpoint"`
	Entity   string `json:"entity"`
	CIDR     string `json:"cidr"`
}

func (p *Peer) UnmarshalJSON(text []byte) error {
	if len(text) > 0 && text[0] == '"' {
		return json.Unmarshal(text, &p.Endpoint)
	}
	type plain Peer
	return json.Unmarshal(text, (*plain)(p))
}

// ScenarioAnswer has policies and flows in the order of the case.
type ScenarioAnswer struct {
	ID             string            `json:"id"`
	Policies       []DocumentAnswer  `json:"policies"`
	EndpointErrors map[string]string `json:"endpointErrors,omitempty"`
	Flows          []FlowAnswer      `json:"flows"`
	Error          string            `json:"error,omitempty"`
}

// FlowAnswer is one of allow, redirect, deny, default-deny, n/a, error for each side.
type FlowAnswer struct {
	Egress  string `json:"egress"`
	Ingress string `json:"ingress"`
	Overall string `json:"overall"`
	// Mismatch of our lookup and the engine's own; a recording with one must not be kept.
	Mismatch string `json:"mismatch,omitempty"`
	Error    string `json:"error,omitempty"`
}

// DocumentAnswer says how far a document gets.
type DocumentAnswer struct {
	Kind      string `json:"kind"`
	Name      string `json:"name"`
	namespace string
	CRD       string   `json:"crd"`                 // ok | errors | n/a
	CRDErrors []string `json:"crdErrors,omitempty"` // what the API server would refuse
	Pruned    []string `json:"pruned,omitempty"`    // unknown fields it would drop
	Sanitize  string   `json:"sanitize"`            // ok | error | decode-error | panic | skipped
	Error     string   `json:"error,omitempty"`     // the text of Parse and Sanitize
	Valid     bool     `json:"valid"`               // stored and enforced
}
