package recorder

import (
	"encoding/json"
	"fmt"
	"os"
	"regexp"
	"runtime/debug"
	"strings"

	networkingv1 "k8s.io/api/networking/v1"
	kjson "sigs.k8s.io/json"

	v2 "github.com/cilium/cilium/pkg/k8s/apis/cilium.io/v2"
	slim_networkingv1 "github.com/cilium/cilium/pkg/k8s/slim/k8s/api/networking/v1"
)

// documents checks single documents: what the API server does to them, then Cilium's Parse and Sanitize.
type documents struct {
	engine Engine
	crds   map[string]*crd
}

func newDocuments(engine Engine) (*documents, error) {
	crds := map[string]*crd{}
	for kind, definition := range engine.CRDs() {
		prepared, err := newCRD(definition)
		if err != nil {
			return nil, err
		}
		crds[kind] = prepared
	}
	return &documents{engine, crds}, nil
}

// check answers for one document; the rules are nil unless it would be stored and enforced.
func (d *documents) check(raw json.RawMessage) (answer DocumentAnswer, rules Rules) {
	defer func() {
		if reason := recover(); reason != nil {
			answer.Sanitize, answer.Error, answer.Valid = "panic", fmt.Sprintf("PANIC: %v", reason), false
			rules = nil
			if os.Getenv("ORACLE_STACK") != "" {
				os.Stderr.Write(debug.Stack())
			}
		}
	}()
	var object map[string]any
	if err := kjson.UnmarshalCaseSensitivePreserveInts(raw, &object); err != nil {
		answer.CRD, answer.Sanitize, answer.Error = "errors", "decode-error", err.Error()
		return answer, nil
	}
	apiVersion, _ := object["apiVersion"].(string)
	answer.Kind, _ = object["kind"].(string)
	if metadata, ok := object["metadata"].(map[string]any); ok {
		answer.Name, _ = metadata["name"].(string)
		answer.namespace, _ = metadata["namespace"].(string)
	}
	var err error
	switch apiVersion + "/" + answer.Kind {
	case "cilium.io/v2/CiliumNetworkPolicy", "cilium.io/v2/CiliumClusterwideNetworkPolicy":
		rules, err = d.checkCilium(&answer, object)
	case "networking.k8s.io/v1/NetworkPolicy":
		rules, err = d.checkNetworkPolicy(&answer, raw)
	default:
		answer.CRD, answer.Sanitize = "errors", "skipped"
		answer.Error = "unknown apiVersion/kind " + apiVersion + "/" + answer.Kind
		return answer, nil
	}
	if err != nil {
		if answer.Sanitize == "" {
			answer.Sanitize = "error"
		}
		answer.Error = inOrder(err.Error())
		return answer, nil
	}
	answer.Sanitize = "ok"
	answer.Valid = answer.CRD != "errors"
	if !answer.Valid {
		return answer, nil
	}
	return answer, rules
}

// checkCilium goes on to Parse even where the CRD refuses, so that both gates are recorded.
func (d *documents) checkCilium(answer *DocumentAnswer, object map[string]any) (Rules, error) {
	answer.CRD = "ok"
	answer.Pruned, answer.CRDErrors = d.crds[answer.Kind].apply(object)
	if len(answer.CRDErrors) > 0 {
		answer.CRD = "errors"
	}
	stored, err := json.Marshal(object)
	if err != nil {
		return nil, err
	}
	if answer.Kind == "CiliumClusterwideNetworkPolicy" {
		answer.namespace = ""
		var policy v2.CiliumClusterwideNetworkPolicy
		if err := json.Unmarshal(stored, &policy); err != nil {
			answer.Sanitize = "decode-error"
			return nil, err
		}
		return d.engine.ParseCCNP(&policy)
	}
	var policy v2.CiliumNetworkPolicy
	if err := json.Unmarshal(stored, &policy); err != nil {
		answer.Sanitize = "decode-error"
		return nil, err
	}
	// The API server fills in the request's namespace; Parse would take an empty one for clusterwide.
	if policy.Namespace == "" {
		policy.Namespace = "default"
	}
	answer.namespace = policy.Namespace
	return d.engine.ParseCNP(&policy)
}

// checkNetworkPolicy leaves out the API server's own validation; only unknown fields are noted.
func (d *documents) checkNetworkPolicy(answer *DocumentAnswer, raw json.RawMessage) (Rules, error) {
	answer.CRD = "n/a"
	var upstream networkingv1.NetworkPolicy
	unknown, err := kjson.UnmarshalStrict(raw, &upstream)
	if err != nil {
		answer.Sanitize = "decode-error"
		return nil, err
	}
	for _, field := range unknown {
		answer.Pruned = append(answer.Pruned, strings.TrimSuffix(strings.TrimPrefix(field.Error(), `unknown field "`), `"`))
	}
	var policy slim_networkingv1.NetworkPolicy
	if err := json.Unmarshal(raw, &policy); err != nil {
		answer.Sanitize = "decode-error"
		return nil, err
	}
	if policy.Namespace == "" {
		policy.Namespace = "default"
	}
	answer.namespace = policy.Namespace
	return d.engine.ParseNetworkPolicy(&policy)
}

var combining = regexp.MustCompile(`combining (\w+) and (\w+) is not supported`)

// inOrder sorts the two fields of "combining A and B", which Cilium takes from a map in random order.
func inOrder(text string) string {
	return combining.ReplaceAllStringFunc(text, func(match string) string {
		fields := combining.FindStringSubmatch(match)
		if fields[1] < fields[2] {
			return match
		}
		return "combining " + fields[2] + " and " + fields[1] + " is not supported"
	})
}
