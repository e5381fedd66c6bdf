package timestamp_test

import (
	"bytes"
	"crypto"
	"crypto/x509"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"svidok/evidence"
	"svidok/timestamp"
	"svidok/timestamp/timestamptest"
)

// year is a new year's day.
func year(n int) time.Time { return time.Date(n, 1, 1, 0, 0, 0, 0, time.UTC) }

// keeper keeps a chain as the years go by.
type keeper struct {
	t     *testing.T
	now   time.Time
	roots []*x509.Certificate
	links [][]byte
}

// authority makes one whose certificate runs from a month ago for some years.
func (k *keeper) authority(name string, years int) *timestamptest.Authority {
	k.t.Helper()
	a := authority(k.t, timestamptest.Options{Name: name, From: k.now.AddDate(0, -1, 0), Years: years, Now: func() time.Time { return k.now }})
	k.roots = append(k.roots, a.Root)
	return a
}

// stamped has data stamped and puts the token into the bundle.
func (k *keeper) stamped(a *timestamptest.Authority, b timestamp.Bundle, data []byte) []byte {
	k.t.Helper()
	req, err := b.Ask(data, nil)
	if err != nil {
		k.t.Fatal(err)
	}
	res, err := a.Answer(req)
	if err != nil {
		k.t.Fatal(err)
	}
	tok, err := timestamp.Response(res)
	if err != nil {
		k.t.Fatal(err)
	}
	crl, err := a.CRL(time.Time{}, 0)
	if err != nil {
		k.t.Fatal(err)
	}
	b.Token, b.CRLs, b.Certs = tok.Raw, [][]byte{crl}, [][]byte{a.Root.Raw}
	raw, err := b.Encode()
	if err != nil {
		k.t.Fatal(err)
	}
	return raw
}

func (k *keeper) first(a *timestamptest.Authority) {
	k.t.Helper()
	k.links = append(k.links, k.stamped(a, timestamp.Bundle{V: 1, Over: timestamp.OverCheckpoint}, data()))
}

func (k *keeper) renew(a *timestamptest.Authority) {
	k.t.Helper()
	b, over, err := timestamp.Renew(k.links[len(k.links)-1])
	if err != nil {
		k.t.Fatal(err)
	}
	k.links = append(k.links, k.stamped(a, b, over))
}

func (k *keeper) again(a *timestamptest.Authority) {
	k.t.Helper()
	b, over, err := timestamp.RenewAgain(data(), k.links, crypto.SHA512)
	if err != nil {
		k.t.Fatal(err)
	}
	k.links = append(k.links, k.stamped(a, b, over))
}

func (k *keeper) judge(at time.Time) timestamp.ChainVerdict {
	k.t.Helper()
	v, err := timestamp.VerifyChain(data(), k.links, k.roots, at)
	if err != nil {
		k.t.Fatal(err)
	}
	return v
}

// failed are the keys of what failed in a chain, by link.
func failed(v timestamp.ChainVerdict) string {
	var out []string
	for _, l := range v.Links {
		out = append(out, bad(l))
	}
	return strings.Join(out, "/")
}

// decades makes a chain of four links: 2026, 2028 and 2033 under SHA-256, 2037 under SHA-512
// over the data again, and 2041 under it.
func decades(t *testing.T) *keeper {
	t.Helper()
	k := &keeper{t: t, now: year(2026)}
	k.first(k.authority("First", 3))
	k.now = year(2028)
	k.renew(k.authority("Second", 6))
	k.now = year(2033)
	k.renew(k.authority("Third", 5))
	k.now = year(2037)
	k.again(k.authority("Fourth", 5))
	k.now = year(2041)
	k.renew(k.authority("Fifth", 9))
	return k
}

// TestDecades: a token of 2026 is good in 2049, when none of the first four authorities is
// left, and not in 2051.
func TestDecades(t *testing.T) {
	k := decades(t)
	v := k.judge(year(2049))
	if !v.OK() || len(v.Links) != 5 || !v.Time.Equal(year(2026)) {
		t.Fatalf("%s: %+v", failed(v), v)
	}
	for i, l := range v.Links {
		if l.Of("chain") != timestamp.Good || l.Of("revocation") != timestamp.Good || l.Of("lasting") != timestamp.Good || (i > 0) != (l.Of("renewal") == timestamp.Good) {
			t.Errorf("link %d: %+v", i, l)
		}
	}
	if v := k.judge(year(2051)); v.OK() || failed(v) != "////lasting-ended" {
		t.Errorf("after the last end: %s", failed(v))
	}
	for n, want := range []string{"lasting-ended", "/lasting-ended", "//lasting-ended", "///lasting-ended"} {
		short := &keeper{t: t, roots: k.roots, links: k.links[:n+1]}
		if v := short.judge(year(2049)); failed(v) != want {
			t.Errorf("%d links: %s", n+1, failed(v))
		}
	}
	other, err := timestamp.VerifyChain([]byte("other bytes"), k.links, k.roots, year(2049))
	if err != nil || failed(other) != "imprint-other///renewal-other/" {
		t.Errorf("over other bytes: %s, %v", failed(other), err)
	}
}

// TestBrokenRenewals: links that are missing, exchanged, changed, late.
func TestBrokenRenewals(t *testing.T) {
	k := decades(t)
	for name, c := range map[string]struct {
		links [][]byte
		want  string
	}{
		"one is missing":    {[][]byte{k.links[0], k.links[2], k.links[3], k.links[4]}, "lasting-ended/renewal-other/renewal-other/"},
		"out of order":      {[][]byte{k.links[0], k.links[2], k.links[1]}, "lasting-ended/renewal-other/lasting-ended renewal-late"},
		"starts later":      {k.links[1:3], "renewal-other/lasting-ended"},
		"the same twice":    {[][]byte{k.links[0], k.links[1], k.links[1]}, "//lasting-ended renewal-late"},
		"first without end": {[][]byte{k.links[0], k.links[0]}, "/lasting-ended renewal-late"},
	} {
		v, err := timestamp.VerifyChain(data(), c.links, k.roots, year(2049))
		if err != nil || failed(v) != c.want {
			t.Errorf("%s: %s, want %s, %v", name, failed(v), c.want, err)
		}
	}
	// What the first was judged by is changed afterwards: it is not what was renewed.
	b, err := timestamp.Open(k.links[0])
	if err != nil {
		t.Fatal(err)
	}
	b.CRLs = nil
	less, err := b.Encode()
	if err != nil {
		t.Fatal(err)
	}
	v, err := timestamp.VerifyChain(data(), append([][]byte{less}, k.links[1:]...), k.roots, year(2049))
	if err != nil || failed(v) != "/renewal-other//renewal-other/" {
		t.Errorf("a list was taken out: %s, %v", failed(v), err)
	}
	late := &keeper{t: t, now: year(2026)}
	late.first(late.authority("First", 3))
	late.now = year(2030)
	late.renew(late.authority("Second", 9))
	if v := late.judge(year(2031)); failed(v) != "lasting-ended/" {
		t.Errorf("renewed after its end: %s", failed(v))
	}
	for _, links := range [][][]byte{nil, {[]byte("{}")}, slices.Repeat(k.links[:1], 101)} {
		if _, err := timestamp.VerifyChain(data(), links, nil, year(2030)); err == nil {
			t.Errorf("a chain of %d is read", len(links))
		}
	}
}

// TestLostKey: a key that was lost after a token was renewed takes nothing from it; one that
// was lost before takes all.
func TestLostKey(t *testing.T) {
	for name, c := range map[string]struct {
		lost time.Time
		ok   bool
	}{"after the renewal": {year(2029), true}, "before it": {year(2027), false}} {
		k := &keeper{t: t, now: year(2026)}
		first := k.authority("First", 5)
		k.first(first)
		k.now = year(2028)
		k.renew(k.authority("Second", 9))
		k.now = year(2030)
		crl, err := first.CRL(c.lost, 1)
		if err != nil {
			t.Fatal(err)
		}
		// The list is known later; the bundle is as it was.
		v, err := timestamp.VerifyChain(data(), k.links, k.roots, k.now)
		if err != nil || !v.OK() {
			t.Fatalf("%+v, %v", v, err)
		}
		b, err := timestamp.Open(k.links[0])
		if err != nil {
			t.Fatal(err)
		}
		b.CRLs = append(b.CRLs, crl)
		renewed, err := b.JudgeAt(data(), k.roots, year(2028))
		if err != nil || renewed.OK() != c.ok {
			t.Errorf("%s: %+v, %v", name, renewed, err)
		}
		if v, err := b.Judge(data(), k.roots); err != nil || keyOf(v, "revocation") != "revocation-revoked" {
			t.Errorf("%s, by itself: %+v, %v", name, v, err)
		}
	}
}

// TestVerifyRenewed: of many bundles, those that count are found.
func TestVerifyRenewed(t *testing.T) {
	k := decades(t)
	late := &keeper{t: t, now: year(2030), roots: k.roots, links: slices.Clone(k.links[:1])}
	late.renew(late.authority("Late", 30))
	noise := [][]byte{late.links[1], []byte("no bundle"), k.links[0], k.links[4], k.links[2], k.links[1], k.links[3]}
	v, err := timestamp.VerifyRenewed(data(), k.links[0], noise, late.roots, year(2049))
	if err != nil || !v.OK() || len(v.Links) != 5 {
		t.Errorf("%s, %v", failed(v), err)
	}
	v, err = timestamp.VerifyRenewed(data(), k.links[0], noise[:3], late.roots, year(2049))
	if err != nil || v.OK() || failed(v) != "lasting-ended/" {
		t.Errorf("with a late renewal only: %s, %v", failed(v), err)
	}
	if v, err := timestamp.VerifyRenewed(data(), k.links[0], nil, k.roots, year(2027)); err != nil || !v.OK() || len(v.Links) != 1 {
		t.Errorf("before any is needed: %+v, %v", v, err)
	}
	if _, err := timestamp.VerifyRenewed(data(), []byte("no bundle"), nil, nil, year(2027)); !errors.Is(err, evidence.ErrFormat) {
		t.Errorf("no bundle: %v", err)
	}
}

// TestRenewalData: the bytes are those of RFC 4998: each hash once, in ascending order.
func TestRenewalData(t *testing.T) {
	a, b := evidence.Hash{1}, evidence.Hash{2}
	if got := timestamp.RenewalData([]evidence.Hash{b, a, b}); !bytes.Equal(got, append(a[:], b[:]...)) {
		t.Errorf("%x", got)
	}
	k := &keeper{t: t, now: year(2026)}
	k.first(k.authority("First", 3))
	prepared, over, err := timestamp.Renew(k.links[0])
	if err != nil {
		t.Fatal(err)
	}
	first, err := timestamp.Open(k.links[0])
	if err != nil {
		t.Fatal(err)
	}
	if want := timestamp.RenewalData([]evidence.Hash{evidence.Sum(k.links[0]), evidence.Sum(first.Token)}); !bytes.Equal(over, want) || prepared.Over != timestamp.OverBundles || len(prepared.Renewed) != 2 {
		t.Errorf("%x, want %x", over, want)
	}
	for _, raws := range [][][]byte{nil, {[]byte("no bundle")}} {
		if _, _, err := timestamp.Renew(raws...); err == nil {
			t.Errorf("%q is renewed", raws)
		}
	}
	if _, _, err := timestamp.RenewAgain(data(), k.links, crypto.SHA256); !errors.Is(err, evidence.ErrUsage) {
		t.Errorf("again under the same hash: %v", err)
	}
	// Bundles of several authorities under one renewal.
	k.first(k.authority("Another", 3))
	k.now = year(2028)
	both, over, err := timestamp.Renew(k.links...)
	if err != nil || len(both.Renewed) != 4 {
		t.Fatalf("%+v, %v", both, err)
	}
	raw := k.stamped(k.authority("Third", 9), both, over)
	for _, first := range k.links {
		if v, err := timestamp.VerifyChain(data(), [][]byte{first, raw}, k.roots, year(2030)); err != nil || !v.OK() {
			t.Errorf("%s, %v", failed(v), err)
		}
	}
}

// TestLasting: the short way, over verdicts.
func TestLasting(t *testing.T) {
	k := decades(t)
	verdicts, renewals := map[evidence.Hash]timestamp.Verdict{}, map[evidence.Hash][]evidence.Hash{}
	for i, raw := range k.links[:3] {
		b, err := timestamp.Open(raw)
		if err != nil {
			t.Fatal(err)
		}
		v, err := b.Judge(data(), k.roots)
		if err != nil || !v.OK() {
			t.Fatalf("%+v, %v", v, err)
		}
		verdicts[evidence.Sum(raw)] = v
		if i > 0 {
			renewals[evidence.Sum(k.links[i-1])] = []evidence.Hash{evidence.Sum(raw), evidence.Sum(k.links[i-1])}
		}
	}
	first := evidence.Sum(k.links[0])
	for at, want := range map[time.Time]bool{year(2027): true, year(2030): true, year(2036): true, year(2039): false} {
		if timestamp.Lasting(first, verdicts, renewals, at) != want {
			t.Errorf("in %d: not %t", at.Year(), want)
		}
	}
	delete(verdicts, evidence.Sum(k.links[1]))
	if timestamp.Lasting(first, verdicts, renewals, year(2036)) || timestamp.Lasting(evidence.Hash{9}, verdicts, renewals, year(2027)) {
		t.Error("it lasts without a link")
	}
}

// TestDue: when to renew, and why.
func TestDue(t *testing.T) {
	k := &keeper{t: t, now: year(2026)}
	verdict := func(o timestamptest.Options) timestamp.Verdict {
		o.Now, o.From = func() time.Time { return k.now }, k.now
		a := authority(t, o)
		return token(t, a, data(), nil).Verify(timestamp.Against{Data: data(), Roots: roots(a), At: k.now})
	}
	for name, c := range map[string]struct {
		o    timestamptest.Options
		from time.Time // when it becomes due
		by   time.Time
		why  string
	}{
		"by its certificate": {timestamptest.Options{Years: 3}, year(2029).AddDate(0, 0, -90), year(2029), "certificate-ends"},
		"by its key":         {timestamptest.Options{Years: 9, Key: timestamptest.RSA2048}, year(2031).AddDate(0, 0, -90).Add(-time.Second), year(2031).Add(-time.Second), "algorithm-ages"},
		"by a longer key":    {timestamptest.Options{Years: 9, Key: timestamptest.RSA3072}, year(2035).AddDate(0, 0, -90), year(2035), "certificate-ends"},
	} {
		v := verdict(c.o)
		before, _ := timestamp.Due(v, c.from)
		due, by := timestamp.Due(v, c.from.Add(time.Second))
		if before || !due || !by.Equal(c.by) || v.RenewFor != c.why {
			t.Errorf("%s: %t, %t by %s for %s", name, before, due, by, v.RenewFor)
		}
	}
	a := authority(t, timestamptest.Options{Years: 9, Key: timestamptest.RSA2048, From: k.now, Now: func() time.Time { return k.now }})
	v := token(t, a, data(), nil).Verify(timestamp.Against{Data: data(), Roots: roots(a), At: year(2032)})
	if keyOf(v, "strong") != "strong-aged" || v.Of("strong") != timestamp.NotJudged || !v.OK() {
		t.Errorf("a key of 112 bits in 2032: %+v", v)
	}
	k.now = year(2032) // made when its key had aged: said, and no reason to renew again and again
	if v := verdict(timestamptest.Options{Years: 9, Key: timestamptest.RSA2048}); keyOf(v, "strong") != "strong-aged" || v.RenewFor != "certificate-ends" || !v.RenewBy.Equal(year(2041)) {
		t.Errorf("made with a key of 112 bits in 2032: %+v", v)
	}
	k.now = year(2026)
	if due, _ := timestamp.Due(timestamp.Verdict{}, k.now); !due {
		t.Error("what has no chain is not due")
	}
	v = token(t, a, data(), nil).Verify(timestamp.Against{Data: data(), Roots: roots(a), At: k.now.Add(-time.Hour)})
	if keyOf(v, "lasting") != "lasting-ahead" || !v.OK() {
		t.Errorf("judged by a clock that is slow: %+v", v)
	}
}

func TestBundlesThatAreNone(t *testing.T) {
	k := &keeper{t: t, now: year(2026)}
	k.first(k.authority("First", 3))
	good := string(k.links[0])
	hash := strings.Repeat("ab", 32)
	for name, raw := range map[string]string{
		"nothing": "", "white space": " " + good, "two lines": good + good, "an unknown member": strings.Replace(good, `{"v":1`, `{"v":1,"w":2`, 1), "another version": strings.Replace(good, `{"v":1`, `{"v":2`, 1),
		"over something": strings.Replace(good, `"over":"checkpoint"`, `"over":"air"`, 1), "over nothing": strings.Replace(good, `"over":"checkpoint"`, `"over":"bundles"`, 1),
		"renewing and not":      strings.Replace(good, `"over":"checkpoint"`, `"over":"checkpoint","renewed":["`+hash+`"]`, 1),
		"under a hash and not":  strings.Replace(good, `"over":"checkpoint"`, `"over":"checkpoint","hash":"SHA-512"`, 1),
		"a short hash":          strings.Replace(good, `"over":"checkpoint"`, `"over":"bundles","renewed":["abab"]`, 1),
		"a hash twice":          strings.Replace(good, `"over":"checkpoint"`, `"over":"bundles","renewed":["`+hash+`","`+hash+`"]`, 1),
		"a hash in upper case":  strings.Replace(good, `"over":"checkpoint"`, `"over":"bundles","renewed":["`+strings.ToUpper(hash)+`"]`, 1),
		"under an unknown hash": strings.Replace(good, `"over":"checkpoint"`, `"over":"bundles","renewed":["`+hash+`"],"hash":"MD5"`, 1),
	} {
		if _, err := timestamp.Open([]byte(raw)); !errors.Is(err, evidence.ErrFormat) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := timestamp.Open(make([]byte, 49<<20)); !errors.Is(err, evidence.ErrLimit) {
		t.Errorf("too large: %v", err)
	}
	for name, change := range map[string]func(*timestamp.Bundle){
		"no token": func(b *timestamp.Bundle) { b.Token = nil }, "no certificate": func(b *timestamp.Bundle) { b.Certs = [][]byte{{1}} },
	} {
		b, err := timestamp.Open([]byte(good))
		if err != nil {
			t.Fatal(err)
		}
		change(&b)
		if _, err := b.Judge(data(), nil); !errors.Is(err, evidence.ErrFormat) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if list, err := timestamp.PEM(k.roots[0].Raw); err != nil || len(list) != 1 || !list[0].Equal(k.roots[0]) {
		t.Errorf("a root in DER: %v", err)
	}
	if _, err := timestamp.PEM([]byte("nothing")); !errors.Is(err, evidence.ErrFormat) || evidence.HintOf(err) == "" {
		t.Errorf("%v", err)
	}
}

func FuzzBundle(f *testing.F) {
	a, err := timestamptest.New(timestamptest.Options{})
	if err != nil {
		f.Fatal(err)
	}
	req, err := timestamp.Request(evidence.Sum(data()), nil)
	if err != nil {
		f.Fatal(err)
	}
	res, err := a.Answer(req)
	if err != nil {
		f.Fatal(err)
	}
	tok, err := timestamp.Response(res)
	if err != nil {
		f.Fatal(err)
	}
	crl, err := a.CRL(time.Now(), 1)
	if err != nil {
		f.Fatal(err)
	}
	first := timestamp.Bundle{V: 1, Token: tok.Raw, Over: timestamp.OverCheckpoint, Certs: [][]byte{a.Root.Raw}, CRLs: [][]byte{crl}, OCSPs: [][]byte{{0x30, 0}}}
	raw, err := first.Encode()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(raw, raw)
	if next, _, err := timestamp.Renew(raw); err == nil {
		next.Token = tok.Raw
		if second, err := next.Encode(); err == nil {
			f.Add(raw, second)
		}
	}
	f.Fuzz(func(t *testing.T, first, second []byte) {
		if b, err := timestamp.Open(first); err == nil {
			again, err := b.Encode()
			if err != nil || !bytes.Equal(again, first) || !json.Valid(first) {
				t.Fatalf("a second form: %v", err)
			}
		}
		v, err := timestamp.VerifyRenewed([]byte("other"), first, [][]byte{second}, []*x509.Certificate{a.Root}, time.Now())
		if err == nil && v.OK() {
			t.Fatal("a chain over other bytes is good")
		}
		_, _ = timestamp.EvidenceRecord([][]byte{first, second}) // either way
	})
}
