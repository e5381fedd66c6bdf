package timestamp

import (
	"bytes"
	"crypto"
	"crypto/x509"
	"encoding/hex"
	"fmt"
	"math/big"
	"slices"
	"time"

	"svidok/evidence"
)

// RenewalData are the bytes that a renewing token is over, whose SHA-256 is its imprint: the
// hashes, binary, each once, in ascending order, end to end. That is how RFC 4998, 4.2, joins
// the hashes of a group.
func RenewalData(hashes []evidence.Hash) []byte {
	var list [][]byte
	for _, h := range hashes {
		list = append(list, h[:])
	}
	return joined(ascending(list))
}

func joined(hashes [][]byte) []byte { return bytes.Join(hashes, nil) }

func ascending(hashes [][]byte) [][]byte {
	slices.SortFunc(hashes, bytes.Compare)
	return slices.CompactFunc(hashes, bytes.Equal)
}

// renewed are the hashes that a renewal is over.
func (b Bundle) renewed() ([][]byte, error) {
	hash, err := b.hash()
	if err != nil {
		return nil, err
	}
	if len(b.Renewed) > maxRenewed {
		return nil, fmt.Errorf("a renewal of %d hashes, limit %d: %w", len(b.Renewed), maxRenewed, evidence.ErrLimit)
	}
	var out [][]byte
	for _, s := range b.Renewed {
		h, err := hex.DecodeString(s)
		if err != nil || len(h) != hash.Size() || hex.EncodeToString(h) != s {
			return nil, malformed("a renewed hash %q", s[:min(len(s), 40)])
		}
		if len(out) > 0 && bytes.Compare(out[len(out)-1], h) >= 0 {
			return nil, malformed("renewed hashes are not in ascending order")
		}
		out = append(out, h)
	}
	return out, nil
}

// Renew prepares the renewal of bundles, given as the bytes that are kept: what is left is to
// have data stamped, and to put the token into the bundle. The token is over two hashes of
// each: of its token (RFC 4998, 5.2) and of the whole bundle, and so of all that the token is
// judged by. The hash is that under which the bundles are.
func Renew(raws ...[]byte) (b Bundle, data []byte, err error) {
	var hash crypto.Hash
	var hashes [][]byte
	for i, raw := range raws {
		old, err := Open(raw)
		if err != nil {
			return b, nil, fmt.Errorf("renew a time-stamp: %w", err)
		}
		h, err := old.hash()
		if err != nil || i > 0 && h != hash {
			return b, nil, fmt.Errorf("renew time-stamps under different hashes together: %w", evidence.ErrUsage)
		}
		hash, b.Hash = h, old.Hash
		hashes = append(hashes, sum(hash, raw), sum(hash, old.Token))
	}
	if len(raws) == 0 || 2*len(raws) > maxRenewed {
		return b, nil, fmt.Errorf("renew %d time-stamps: %w", len(raws), evidence.ErrUsage)
	}
	b.prepare(OverBundles, hashes)
	return b, joined(ascending(hashes)), nil
}

// RenewAgain prepares a renewal under another hash, SHA-384 or SHA-512, for when SHA-256 is no
// longer to be relied on (RFC 4998, 5.3): over data, the stamped bytes, again, and over all
// links so far. Once made, it is renewed by [Renew] as before.
func RenewAgain(data []byte, links [][]byte, hash crypto.Hash) (b Bundle, stamped []byte, err error) {
	switch hash {
	case crypto.SHA384:
		b.Hash = "SHA-384"
	case crypto.SHA512:
		b.Hash = "SHA-512"
	default:
		return b, nil, fmt.Errorf("renew under %s: %w", hash, evidence.ErrUsage)
	}
	hashes, err := again(data, links, hash)
	if err != nil {
		return b, nil, fmt.Errorf("renew under %s: %w", hash, err)
	}
	b.prepare(OverAgain, hashes)
	return b, joined(ascending(hashes)), nil
}

// Ask makes the request for the token of a bundle that [Renew] or [RenewAgain] prepared, over
// the bytes that they gave; or of a first one, over the stamped bytes.
func (b Bundle) Ask(data []byte, nonce *big.Int) ([]byte, error) {
	hash, err := b.hash()
	if err != nil {
		return nil, err
	}
	return RequestDigest(hash, sum(hash, data), nonce)
}

func (b *Bundle) prepare(over string, hashes [][]byte) {
	b.V, b.Over = 1, over
	for _, h := range ascending(hashes) {
		b.Renewed = append(b.Renewed, hex.EncodeToString(h))
	}
}

// again are the hashes that a renewal under another hash is over: one of the stamped bytes and
// the archive time-stamp sequence so far, as RFC 4998 joins them, and one of each bundle.
func again(data []byte, links [][]byte, hash crypto.Hash) ([][]byte, error) {
	bundles, err := openAll(links)
	if err != nil {
		return nil, err
	}
	sequence, err := archiveSequence(bundles)
	if err != nil {
		return nil, err
	}
	hashes := [][]byte{sum(hash, sum(hash, data), sum(hash, sequence))}
	for _, raw := range links {
		hashes = append(hashes, sum(hash, raw))
	}
	return hashes, nil
}

func openAll(links [][]byte) ([]Bundle, error) {
	const most = 100
	if len(links) == 0 || len(links) > most {
		return nil, fmt.Errorf("a chain of %d time-stamps, at least 1 and at most %d: %w", len(links), most, evidence.ErrLimit)
	}
	var out []Bundle
	for i, raw := range links {
		b, err := Open(raw)
		if err != nil {
			return nil, fmt.Errorf("time-stamp %d of the chain: %w", i+1, err)
		}
		out = append(out, b)
	}
	return out, nil
}

// ChainVerdict is what is to be thought of a token that was renewed.
type ChainVerdict struct {
	Time  time.Time // of the first token: what the whole proves
	Links []Verdict // of each token; those of renewals have a check "renewal"
}

// OK reports whether every link holds.
func (c ChainVerdict) OK() bool {
	for _, v := range c.Links {
		if !v.OK() {
			return false
		}
	}
	return len(c.Links) > 0
}

// VerifyChain judges a token over data and its renewals, in their order, as the bytes that are
// kept. Each must have been good when the next was made: its certificates ran, and its key was
// not known to be lost. The last must be good at at. An error means that something could not
// be read; all else is in the verdict.
func VerifyChain(data []byte, links [][]byte, roots []*x509.Certificate, at time.Time) (ChainVerdict, error) {
	var out ChainVerdict
	bundles, err := openAll(links)
	if err != nil {
		return out, err
	}
	var times []time.Time
	for i, b := range bundles {
		t, err := Parse(b.Token)
		if err != nil {
			return out, fmt.Errorf("time-stamp %d of the chain: %w", i+1, err)
		}
		times = append(times, t.Time)
	}
	out.Time, times = times[0], append(times, at)
	for i, b := range bundles {
		v, err := b.JudgeAt(data, roots, times[i+1])
		if err != nil {
			return out, fmt.Errorf("time-stamp %d of the chain: %w", i+1, err)
		}
		if i > 0 {
			v.add("renewal", renews(data, links[:i], bundles[:i], b, times[i-1].Before(times[i])), "")
		} else if b.Over != OverCheckpoint {
			v.add("renewal", fault("renewal-other", "the first of the chain is a renewal itself: %w", evidence.ErrUsage), "")
		}
		out.Links = append(out.Links, v)
	}
	return out, nil
}

// renews checks that a bundle renews what stands before it.
func renews(data []byte, links [][]byte, bundles []Bundle, b Bundle, later bool) error {
	if !later {
		return fault("renewal-late", "it is not later than what it renews: %w", evidence.ErrTampered)
	}
	has, err := b.renewed()
	if err != nil {
		return err
	}
	hash, err := b.hash()
	if err != nil {
		return err
	}
	var want [][]byte
	switch last := bundles[len(bundles)-1]; b.Over {
	case OverBundles:
		if last.Hash != b.Hash {
			return fault("renewal-other", "it changes the hash without the stamped bytes: %w", evidence.ErrTampered)
		}
		want = [][]byte{sum(hash, links[len(links)-1])}
	case OverAgain:
		if want, err = again(data, links, hash); err != nil {
			return fault("renewal-other", "what it should renew: %w", err)
		}
	}
	for _, w := range want {
		if !slices.ContainsFunc(has, func(h []byte) bool { return bytes.Equal(h, w) }) {
			return fault("renewal-other", "it is no renewal of the one before it: %w", evidence.ErrTampered)
		}
	}
	if len(want) == 0 {
		return fault("renewal-other", "it is no renewal: %w", evidence.ErrTampered)
	}
	return nil
}

// VerifyRenewed judges a token by the best of its renewals: first, over data, and of others
// those that renew it, or a renewal of it. It gives the first chain that holds at at, or else
// the longest. What cannot be read, or renews something else, is passed over.
func VerifyRenewed(data, first []byte, others [][]byte, roots []*x509.Certificate, at time.Time) (ChainVerdict, error) {
	s := search{data: data, roots: roots, at: at, budget: 256}
	for _, raw := range others {
		if b, err := Open(raw); err == nil && b.Over != OverCheckpoint {
			s.raws, s.bundles = append(s.raws, raw), append(s.bundles, b)
		}
	}
	return s.walk([][]byte{first})
}

type search struct {
	data    []byte
	raws    [][]byte
	bundles []Bundle
	roots   []*x509.Certificate
	at      time.Time
	budget  int // chains that are judged
}

func (s *search) walk(path [][]byte) (ChainVerdict, error) {
	s.budget--
	best, err := VerifyChain(s.data, path, s.roots, s.at)
	if err != nil || best.OK() {
		return best, err
	}
	for i, raw := range s.raws {
		if s.budget <= 0 {
			break
		}
		if !s.bundles[i].names(path[len(path)-1]) || slices.ContainsFunc(path, func(p []byte) bool { return bytes.Equal(p, raw) }) {
			continue
		}
		next, err := s.walk(append(slices.Clip(path), raw))
		if err != nil {
			continue
		}
		if next.OK() {
			return next, nil
		}
		if len(next.Links) > len(best.Links) {
			best = next
		}
	}
	return best, nil
}

// names reports whether a renewal is over a bundle.
func (b Bundle) names(raw []byte) bool {
	hash, err := b.hash()
	return err == nil && slices.Contains(b.Renewed, hex.EncodeToString(sum(hash, raw)))
}

// Lasting reports, of verdicts that [Bundle.Judge] gave, whether a bundle proves its time as of
// at: its own certificates still run, or a bundle that renews it, made while they ran, does in
// turn. verdicts are by the SHA-256 of the bundle's bytes, renewals by that of the renewed one.
// It is stricter than [VerifyRenewed] in that a key that was lost after the renewal counts, and
// it knows no change of hash.
func Lasting(bundle evidence.Hash, verdicts map[evidence.Hash]Verdict, renewals map[evidence.Hash][]evidence.Hash, at time.Time) bool {
	return lasting(bundle, verdicts, renewals, at, map[evidence.Hash]bool{})
}

// lasting visits every bundle once: whether one lasts does not hang on the way to it.
func lasting(bundle evidence.Hash, verdicts map[evidence.Hash]Verdict, renewals map[evidence.Hash][]evidence.Hash, at time.Time, seen map[evidence.Hash]bool) bool {
	v, ok := verdicts[bundle]
	if !ok || !v.OK() || seen[bundle] {
		return false
	}
	seen[bundle] = true
	if !at.After(v.Until) {
		return true
	}
	for _, r := range renewals[bundle] {
		next, ok := verdicts[r]
		if ok && next.Time.After(v.Time) && !next.Time.After(v.Until) && lasting(r, verdicts, renewals, at, seen) {
			return true
		}
	}
	return false
}
