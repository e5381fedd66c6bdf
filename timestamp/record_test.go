package timestamp_test

import (
	"bytes"
	"crypto"
	"crypto/x509"
	"encoding/hex"
	"errors"
	"slices"
	"strings"
	"testing"

	"golang.org/x/crypto/cryptobyte"
	der "golang.org/x/crypto/cryptobyte/asn1"
	"golang.org/x/crypto/ocsp"

	"svidok/evidence"
	"svidok/timestamp"
	"svidok/timestamp/timestamptest"
)

// archived is an ArchiveTimeStamp of RFC 4998, read by the letter of its chapter 4.
type archived struct {
	hash   crypto.Hash
	group  [][]byte // the one list of reducedHashtree; none: the token is over the data itself
	token  []byte
	within []byte // DER of the chains up to the one before that which it stands in
}

type reader struct {
	t *testing.T
	cryptobyte.String
}

func (r *reader) open(tag der.Tag) reader {
	r.t.Helper()
	var body cryptobyte.String
	if !r.ReadASN1(&body, tag) {
		r.t.Fatalf("no %x at %x", tag, r.String[:min(len(r.String), 16)])
	}
	return reader{r.t, body}
}

func wrapped(n uint) der.Tag { return der.Tag(n).ContextSpecific().Constructed() }

// readRecord takes an EvidenceRecord apart, and gives its chains and the types of cryptoInfos.
func readRecord(t *testing.T, raw []byte) (chains [][]archived, infos []string) {
	t.Helper()
	all := reader{t, raw}
	record := all.open(der.SEQUENCE)
	var version int
	if !all.Empty() || !record.ReadASN1Integer(&version) || version != 1 {
		t.Fatal("no EvidenceRecord")
	}
	record.open(der.SEQUENCE) // digestAlgorithms
	if record.PeekASN1Tag(wrapped(0)) {
		for list := record.open(wrapped(0)); !list.Empty(); {
			attribute := list.open(der.SEQUENCE)
			id := attribute.open(der.OBJECT_IDENTIFIER)
			attribute.open(der.SET)
			infos = append(infos, hex.EncodeToString(id.String[len(id.String)-2:]))
		}
	}
	sequence := record.open(der.SEQUENCE)
	if !record.Empty() {
		t.Fatal("something stands behind the archive time-stamps")
	}
	var before []byte
	for !sequence.Empty() {
		var element cryptobyte.String
		if !sequence.ReadASN1Element(&element, der.SEQUENCE) {
			t.Fatal("no ArchiveTimeStampChain")
		}
		var one []archived
		whole := reader{t, element}
		for chain := whole.open(der.SEQUENCE); !chain.Empty(); {
			stamp := chain.open(der.SEQUENCE)
			a := archived{hash: crypto.SHA256, within: before}
			if stamp.PeekASN1Tag(wrapped(0)) {
				digest := stamp.open(wrapped(0))
				id := digest.open(der.OBJECT_IDENTIFIER)
				a.hash = map[byte]crypto.Hash{1: crypto.SHA256, 3: crypto.SHA512}[id.String[len(id.String)-1]]
			}
			if stamp.PeekASN1Tag(wrapped(2)) {
				tree := stamp.open(wrapped(2))
				for group := tree.open(der.SEQUENCE); !group.Empty(); {
					a.group = append(a.group, group.open(der.OCTET_STRING).String)
				}
				if !tree.Empty() {
					t.Fatal("more than one group")
				}
			}
			a.token = stamp.String
			one = append(one, a)
		}
		chains = append(chains, one)
		before = append(bytes.Clone(before), element...)
	}
	return chains, infos
}

func digest(h crypto.Hash, parts ...[]byte) []byte {
	x := h.New()
	for _, p := range parts {
		x.Write(p)
	}
	return x.Sum(nil)
}

// checkRecord verifies as RFC 4998 says in 4.3 and 5.3, with nothing of this package but the
// reading of tokens.
func checkRecord(t *testing.T, raw, data []byte) {
	t.Helper()
	chains, _ := readRecord(t, raw)
	for c, chain := range chains {
		for i, a := range chain {
			tok, err := timestamp.Parse(a.token)
			if err != nil {
				t.Fatal(err)
			}
			var leaf []byte
			switch {
			case i > 0: // 5.2: the hash of the time-stamp before it
				leaf = digest(a.hash, chain[i-1].token)
			case c > 0: // 5.3: H(H(d) + H(sequence so far))
				var b cryptobyte.Builder
				b.AddASN1(der.SEQUENCE, func(b *cryptobyte.Builder) { b.AddBytes(a.within) })
				leaf = digest(a.hash, digest(a.hash, data), digest(a.hash, b.BytesOrPanic()))
			default:
				leaf = digest(a.hash, data)
			}
			root := leaf
			if len(a.group) > 0 {
				if !slices.ContainsFunc(a.group, func(h []byte) bool { return bytes.Equal(h, leaf) }) {
					t.Errorf("chain %d, time-stamp %d: what it should be over is not in its group", c, i)
				}
				if !slices.IsSortedFunc(a.group, bytes.Compare) {
					t.Errorf("chain %d, time-stamp %d: its group is not in order", c, i)
				}
				root = digest(a.hash, a.group...)
			}
			if !bytes.Equal(tok.Imprint, root) {
				t.Errorf("chain %d, time-stamp %d is over something else", c, i)
			}
		}
	}
}

// TestEvidenceRecord: what a reader of RFC 4998 sees.
func TestEvidenceRecord(t *testing.T) {
	k := decades(t)
	raw, err := timestamp.EvidenceRecord(k.links)
	if err != nil {
		t.Fatal(err)
	}
	checkRecord(t, raw, data())
	chains, infos := readRecord(t, raw)
	if len(chains) != 2 || len(chains[0]) != 3 || len(chains[1]) != 2 || chains[1][0].hash != crypto.SHA512 || chains[1][1].hash != crypto.SHA512 {
		t.Errorf("%d chains: %+v", len(chains), chains)
	}
	if !slices.Equal(infos, []string{"0217", "0218"}) {
		t.Errorf("the information for judging: %v", infos)
	}
	for n := 1; n < len(k.links); n++ {
		raw, err := timestamp.EvidenceRecord(k.links[:n])
		if err != nil {
			t.Fatal(err)
		}
		checkRecord(t, raw, data())
	}
}

// TestRecordWithAnswers: OCSP answers go in as their inner part.
func TestRecordWithAnswers(t *testing.T) {
	a := authority(t, timestamptest.Options{})
	answer, err := a.OCSP(ocsp.Response{Status: ocsp.Good}, timestamptest.ByIssuer)
	if err != nil {
		t.Fatal(err)
	}
	b := timestamp.Bundle{V: 1, Over: timestamp.OverCheckpoint, Token: token(t, a, data(), nil).Raw, OCSPs: [][]byte{answer, answer, []byte("none")}}
	link, err := b.Encode()
	if err != nil {
		t.Fatal(err)
	}
	raw, err := timestamp.EvidenceRecord([][]byte{link})
	if err != nil {
		t.Fatal(err)
	}
	checkRecord(t, raw, data())
	r, err := ocsp.ParseResponse(answer, a.Root)
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Count(raw, r.TBSResponseData) != 1 || bytes.Contains(raw, []byte("none")) {
		t.Error("not the one answer that is one")
	}
	b.OCSPs = nil
	if link, err = b.Encode(); err != nil {
		t.Fatal(err)
	}
	if raw, err = timestamp.EvidenceRecord([][]byte{link}); err != nil {
		t.Fatal(err)
	}
	if _, infos := readRecord(t, raw); len(infos) != 0 {
		t.Errorf("nothing to judge by: %v", infos)
	}
}

// TestRecordsThatCannotBe: a renewal over the bundle alone is good for us, and cannot be
// written as RFC 4998 has it.
func TestRecordsThatCannotBe(t *testing.T) {
	k := &keeper{t: t, now: year(2026)}
	k.first(k.authority("First", 3))
	k.now = year(2028)
	only := []evidence.Hash{evidence.Sum(k.links[0])}
	b := timestamp.Bundle{V: 1, Over: timestamp.OverBundles, Renewed: []string{only[0].String()}}
	k.links = append(k.links, k.stamped(k.authority("Second", 9), b, timestamp.RenewalData(only)))
	if v := k.judge(year(2030)); !v.OK() {
		t.Errorf("%s: %+v", failed(v), v)
	}
	if _, err := timestamp.EvidenceRecord(k.links); !errors.Is(err, evidence.ErrRefused) {
		t.Errorf("%v", err)
	}
	for _, links := range [][][]byte{nil, k.links[1:], {[]byte("none")}, {k.links[0], k.links[0]}} {
		if _, err := timestamp.EvidenceRecord(links); err == nil {
			t.Errorf("%d links are written", len(links))
		}
	}
}

// TestOperators: who counts as one.
func TestOperators(t *testing.T) {
	judged := func(a *timestamptest.Authority, trusted ...*x509.Certificate) timestamp.Verdict {
		return token(t, a, data(), nil).Verify(timestamp.Against{Data: data(), Roots: trusted})
	}
	plain := authority(t, timestamptest.Options{Name: "Plain"})
	chained := authority(t, timestamptest.Options{Name: "Chained", Intermediate: true})
	company := authority(t, timestamptest.Options{Name: "Stamps", Organization: "Synthetic Trust, Inc."})
	branch := authority(t, timestamptest.Options{Name: "More stamps", Organization: "SYNTHETIC TRUST"})
	for name, c := range map[string]struct {
		list []timestamp.Verdict
		want int
	}{
		"none": {nil, 0}, "twice the same": {[]timestamp.Verdict{judged(plain), judged(plain)}, 1}, "two": {[]timestamp.Verdict{judged(plain), judged(chained)}, 2},
		"with its root and without":         {[]timestamp.Verdict{judged(chained), judged(chained, chained.Root), judged(plain, plain.Root), judged(plain)}, 2},
		"one organisation":                  {[]timestamp.Verdict{judged(company), judged(branch), judged(plain)}, 2},
		"one that is bad":                   {[]timestamp.Verdict{judged(plain), judged(chained, plain.Root)}, 1},
		"an authority that changed its key": {[]timestamp.Verdict{judged(plain), judged(authority(t, timestamptest.Options{Name: "Plain"}))}, 1},
		"one without checks":                {[]timestamp.Verdict{{}, judged(plain)}, 1},
	} {
		if got := timestamp.Independent(c.list); got != c.want {
			t.Errorf("%s: %d, want %d", name, got, c.want)
		}
	}
	groups := timestamp.Operators([]timestamp.Verdict{judged(plain), judged(company), judged(plain), judged(branch)})
	if len(groups) != 2 || !slices.Equal(groups[0], []int{0, 2}) || !slices.Equal(groups[1], []int{1, 3}) {
		t.Errorf("%v", groups)
	}
	// Keys are all in the list, once.
	keys := timestamp.Keys()
	slices.Sort(keys)
	if len(slices.Compact(slices.Clone(keys))) != len(keys) || strings.Contains(strings.Join(keys, " "), "  ") {
		t.Errorf("%v", keys)
	}
}
