package recorder

// Entry is a row of an endpoint's policy map, in terms that all minors share.
type Entry struct {
	Egress   bool
	Peer     uint32 // numeric identity, 0 for any
	Protocol uint8  // 0 for any
	Port     uint16
	PortBits uint8 // length of the port's prefix: 0 (any port) to 16
	Deny     bool
	Redirect bool
	// Priority of the proxy port (1.17, 1.18); 0 without redirect.
	Priority uint8
	// Precedence (1.19): deny, redirect and its priority, and allow in one number.
	Precedence uint32
}

// Verdict in the words of the recorded files.
func (e *Entry) Verdict() string {
	switch {
	case e == nil:
		return "default-deny"
	case e.Deny:
		return "deny"
	case e.Redirect:
		return "redirect"
	}
	return "allow"
}

// bits is the length of the key's prefix after the identity: 8 of the protocol, 16 of the port.
func (e *Entry) bits() int {
	if e.Protocol == 0 {
		return 0
	}
	return 8 + int(e.PortBits)
}

func (e *Entry) matches(egress bool, peer uint32, protocol uint8, port uint16) bool {
	if e.Egress != egress || e.Peer != peer {
		return false
	}
	if e.Protocol == 0 {
		return true
	}
	unused := 16 - e.PortBits
	return e.Protocol == protocol && e.Port>>unused == port>>unused
}

// longest is a lookup in an LPM trie: the entry with the longest prefix for exactly this identity.
func longest(entries []Entry, egress bool, peer uint32, protocol uint8, port uint16) *Entry {
	var best *Entry
	for i := range entries {
		if e := &entries[i]; e.matches(egress, peer, protocol, port) && (best == nil || e.bits() > best.bits()) {
			best = e
		}
	}
	return best
}

// LookupByPrefix follows __policy_can_access of bpf/lib/policy.h in 1.16: the longer prefix wins, that of the peer's
// identity on a tie; deny is already worked into the map.
func LookupByPrefix(entries []Entry, egress bool, peer uint32, protocol uint8, port uint16) *Entry {
	own := longest(entries, egress, peer, protocol, port)
	if own != nil && own.bits() == 24 {
		return own
	}
	anyone := longest(entries, egress, 0, protocol, port)
	if anyone != nil && (own == nil || anyone.bits() > own.bits()) {
		return anyone
	}
	return own
}

// LookupByPriority follows it in 1.17 and 1.18: deny, then the proxy port's priority, then the prefix.
func LookupByPriority(entries []Entry, egress bool, peer uint32, protocol uint8, port uint16) *Entry {
	own := longest(entries, egress, peer, protocol, port)
	if own != nil && own.Deny {
		return own
	}
	anyone := longest(entries, egress, 0, protocol, port)
	if anyone != nil && (anyone.Deny || own == nil || anyone.Priority > own.Priority ||
		(anyone.Priority == own.Priority && anyone.bits() > own.bits())) {
		return anyone
	}
	return own
}

// LookupByPrecedence follows it in 1.19: the precedence, then the prefix.
func LookupByPrecedence(entries []Entry, egress bool, peer uint32, protocol uint8, port uint16) *Entry {
	own := longest(entries, egress, peer, protocol, port)
	if own != nil && own.Precedence == ^uint32(0) {
		return own
	}
	anyone := longest(entries, egress, 0, protocol, port)
	if anyone != nil && (own == nil || anyone.Precedence > own.Precedence ||
		(anyone.Precedence == own.Precedence && anyone.bits() > own.bits())) {
		return anyone
	}
	return own
}
