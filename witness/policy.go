package witness

import (
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"

	"svidok/evidence"
	"svidok/proof"
)

const (
	maxPolicy  = 64 << 10
	maxListed  = 64 // logs, and witnesses
	policyNone = "none"
)

// Key is a witness that is asked or believed.
type Key struct {
	Name string // in the policy; not the key's own name
	Key  *proof.CosignatureKey
	URL  string // where it takes submissions, without AddPath; "": it is only believed
}

// Policy says who must have cosigned. It is a flat rule: Quorum of these Witnesses.
type Policy struct {
	Logs      []Log
	Witnesses []Key
	Quorum    int // 0: nobody must
}

// ParsePolicy reads a policy in the lines of c2sp.org/tlog-policy:
//
//	# comment
//	log VKEY [URL]
//	witness NAME VKEY [URL]
//	group NAME all|any|K NAME…
//	quorum NAME|none
//
// as far as it says "so many of all these": the quorum is a single witness, or a group that
// has every witness as its member and no group. Others are ErrRefused, and not half
// understood. Also "quorum K" may stand, where nothing is called so: K of all witnesses.
func ParsePolicy(text []byte) (Policy, error) {
	if len(text) > maxPolicy {
		return Policy{}, fmt.Errorf("a policy of %d bytes, limit %d: %w", len(text), maxPolicy, evidence.ErrLimit)
	}
	r := policyReader{groups: map[string]group{}}
	n := 0
	for line := range strings.SplitSeq(string(text), "\n") {
		n++
		if strings.ContainsFunc(line, func(c rune) bool { return c < 0x20 && c != '\t' || c == 0x7f }) {
			return Policy{}, fmt.Errorf("policy, line %d: a control character: %w", n, evidence.ErrFormat)
		}
		f := strings.FieldsFunc(line, func(c rune) bool { return c == ' ' || c == '\t' })
		if len(f) == 0 || strings.HasPrefix(f[0], "#") {
			continue
		}
		if err := r.line(f); err != nil {
			return Policy{}, fmt.Errorf("policy, line %d: %w", n, err)
		}
	}
	if r.quorum == "" {
		return Policy{}, evidence.WithHint(fmt.Errorf("policy: no quorum line: %w", evidence.ErrFormat), "add \"quorum 1\", or \"quorum none\"")
	}
	var err error
	r.p.Quorum, err = r.count()
	if err != nil {
		return Policy{}, fmt.Errorf("policy: %w", err)
	}
	return r.p, nil
}

type group struct {
	least   int
	members []string
}

type policyReader struct {
	p      Policy
	groups map[string]group
	used   []string // members of groups: each may be one of one group only
	quorum string
}

func (r *policyReader) line(f []string) error {
	switch {
	case f[0] == "log" && (len(f) == 2 || len(f) == 3):
		return r.log(f[1:])
	case f[0] == "witness" && (len(f) == 3 || len(f) == 4):
		return r.witness(f[1:])
	case f[0] == "group" && len(f) >= 4:
		return r.group(f[1], f[2], f[3:])
	case f[0] == "quorum" && len(f) == 2 && r.quorum == "":
		r.quorum = f[1]
		if _, err := strconv.Atoi(f[1]); err != nil && f[1] != policyNone && !r.named(f[1]) {
			return fmt.Errorf("nothing is called %.80q yet: %w", f[1], evidence.ErrFormat)
		}
		return nil
	}
	return fmt.Errorf("%.80q: want log, witness, group or (once) quorum: %w", strings.Join(f, " "), evidence.ErrFormat)
}

func (r *policyReader) log(f []string) error {
	v, err := note.NewVerifier(f[0])
	if err != nil {
		return fmt.Errorf("log %.80q: %w: %w", f[0], evidence.ErrFormat, err)
	}
	if slices.ContainsFunc(r.p.Logs, func(l Log) bool { return l.Origin == v.Name() && l.Key.KeyHash() == v.KeyHash() }) {
		return fmt.Errorf("log %s is there twice: %w", v.Name(), evidence.ErrFormat)
	}
	if err := checkURL(f[1:]); err != nil {
		return err
	}
	r.p.Logs = append(r.p.Logs, Log{Origin: v.Name(), Key: v})
	return within(len(r.p.Logs))
}

func (r *policyReader) witness(f []string) error {
	k, err := proof.ParseCosignatureKey(f[1])
	if err != nil {
		return err
	}
	if err := r.free(f[0]); err != nil {
		return err
	}
	if slices.ContainsFunc(r.p.Witnesses, func(w Key) bool { return w.Key.SameKey(k) }) {
		return fmt.Errorf("the key of witness %.80q is there twice: %w", f[0], evidence.ErrFormat)
	}
	if err := checkURL(f[2:]); err != nil {
		return err
	}
	r.p.Witnesses = append(r.p.Witnesses, Key{Name: f[0], Key: k, URL: strings.Join(f[2:], "")})
	return within(len(r.p.Witnesses))
}

func (r *policyReader) group(name, least string, members []string) error {
	if err := r.free(name); err != nil {
		return err
	}
	for _, m := range members {
		if !r.named(m) || slices.Contains(r.used, m) {
			return fmt.Errorf("group %.80q: %.80q is not named before, or is in a group already: %w", name, m, evidence.ErrFormat)
		}
		r.used = append(r.used, m)
	}
	g := group{members: members}
	switch least {
	case "all":
		g.least = len(members)
	case "any":
		g.least = 1
	default:
		n, err := strconv.Atoi(least)
		if err != nil || n < 1 || n > len(members) || strconv.Itoa(n) != least {
			return fmt.Errorf("group %.80q: %.20q of %d: %w", name, least, len(members), evidence.ErrFormat)
		}
		g.least = n
	}
	r.groups[name] = g
	return within(len(r.groups))
}

func (r *policyReader) named(name string) bool {
	_, ok := r.groups[name]
	return ok || slices.ContainsFunc(r.p.Witnesses, func(w Key) bool { return w.Name == name })
}

func (r *policyReader) free(name string) error {
	if name == policyNone || r.named(name) {
		return fmt.Errorf("the name %.80q is taken: %w", name, evidence.ErrFormat)
	}
	return nil
}

// count gives the quorum as a number of all witnesses.
func (r *policyReader) count() (int, error) {
	refused := evidence.WithHint(fmt.Errorf("the quorum %.80q is not so many of all witnesses: %w", r.quorum, evidence.ErrRefused),
		"write one group of all witnesses, or quorum and a number")
	if r.quorum == policyNone {
		return 0, nil
	}
	if g, ok := r.groups[r.quorum]; ok {
		if len(g.members) != len(r.p.Witnesses) || slices.ContainsFunc(g.members, func(m string) bool { _, is := r.groups[m]; return is }) {
			return 0, refused
		}
		return g.least, nil
	}
	if r.named(r.quorum) {
		if len(r.p.Witnesses) != 1 {
			return 0, refused
		}
		return 1, nil
	}
	n, err := strconv.Atoi(r.quorum)
	if err != nil || n < 1 || n > len(r.p.Witnesses) || strconv.Itoa(n) != r.quorum {
		return 0, fmt.Errorf("a quorum of %.20q with %d witnesses: %w", r.quorum, len(r.p.Witnesses), evidence.ErrFormat)
	}
	return n, nil
}

func within(n int) error {
	if n > maxListed {
		return fmt.Errorf("more than %d: %w", maxListed, evidence.ErrLimit)
	}
	return nil
}

// checkURL: an address of the web, if one stands there.
func checkURL(f []string) error {
	if len(f) == 0 {
		return nil
	}
	u, err := url.Parse(f[0])
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" || u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		return fmt.Errorf("address %.80q: want http:// or https:// and no more than a path: %w", f[0], evidence.ErrFormat)
	}
	return nil
}

// Check returns who of the policy cosigned a checkpoint, and ErrRefused where they are fewer
// than the quorum; other errors are those of proof.VerifyCosignatures. Whether the log
// signed is not asked.
func (p Policy) Check(signed []byte, in proof.Bounds) ([]proof.Cosigned, error) {
	keys := make([]*proof.CosignatureKey, len(p.Witnesses))
	for i, w := range p.Witnesses {
		keys[i] = w.Key
	}
	by, err := proof.VerifyCosignatures(signed, keys, in)
	if len(by) < p.Quorum {
		short := fmt.Errorf("%d of %d witnesses cosigned, and it takes %d: %w", len(by), len(keys), p.Quorum, evidence.ErrRefused)
		if err != nil {
			return by, fmt.Errorf("%w: %w", short, err)
		}
		return by, short
	}
	if err != nil && len(by) == 0 {
		return nil, err
	}
	return by, nil // the clock of one that is not needed may be wrong
}
