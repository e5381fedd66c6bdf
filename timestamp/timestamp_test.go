package timestamp_test

import (
	"bytes"
	"crypto/x509"
	"errors"
	"math/big"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"svidok/evidence"
	"svidok/timestamp"
	"svidok/timestamp/timestamptest"
)

func authority(t *testing.T, o timestamptest.Options) *timestamptest.Authority {
	t.Helper()
	a, err := timestamptest.New(o)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func token(t *testing.T, a *timestamptest.Authority, data []byte, nonce *big.Int) timestamp.Token {
	t.Helper()
	req, err := timestamp.Request(evidence.Sum(data), nonce)
	if err != nil {
		t.Fatal(err)
	}
	res, err := a.Answer(req)
	if err != nil {
		t.Fatal(err)
	}
	tok, err := timestamp.Response(res)
	if err != nil {
		t.Fatal(err)
	}
	return tok
}

func data() []byte { return []byte("a checkpoint, for instance\n") }

func TestGoodToken(t *testing.T) {
	a := authority(t, timestamptest.Options{})
	nonce := big.NewInt(0).SetBytes(bytes.Repeat([]byte{7}, 8))
	tok := token(t, a, data(), nonce)
	crl, err := a.CRL(time.Time{}, 0)
	if err != nil {
		t.Fatal(err)
	}
	v := tok.Verify(timestamp.Against{Data: data(), Nonce: nonce, Roots: []*x509.Certificate{a.Root}, CRLs: [][]byte{crl}})
	if !v.OK() || v.Of("chain") != timestamp.Good || v.Of("revocation") != timestamp.Good || len(v.Checks) != 10 || v.Root == "" || v.Authority != "CN=Synthetic authority" {
		t.Errorf("%+v", v)
	}
	v = tok.Verify(timestamp.Against{Data: data()})
	if !v.OK() || v.Of("chain") != timestamp.NotJudged || v.Of("revocation") != timestamp.NotJudged {
		t.Errorf("without roots: %+v", v)
	}
}

func TestBadTokens(t *testing.T) {
	good := authority(t, timestamptest.Options{})
	other := authority(t, timestamptest.Options{Name: "Another"})
	now := time.Now()
	for name, c := range map[string]struct {
		o     timestamptest.Options
		check string
		a     func(a *timestamptest.Authority) timestamp.Against
	}{
		"other bytes": {timestamptest.Options{}, "imprint", func(*timestamptest.Authority) timestamp.Against { return timestamp.Against{Data: []byte("others")} }},
		"other nonce": {timestamptest.Options{}, "nonce", func(*timestamptest.Authority) timestamp.Against {
			return timestamp.Against{Data: data(), Nonce: big.NewInt(8)}
		}},
		"no purpose":   {timestamptest.Options{NoPurpose: true}, "purpose", nil},
		"more purpose": {timestamptest.Options{MorePurpose: true}, "purpose", nil},
		"soft":         {timestamptest.Options{Soft: true}, "purpose", nil},
		"expired":      {timestamptest.Options{From: now.AddDate(-3, 0, 0), Years: 1}, "in-time", nil},
		"not yet good": {timestamptest.Options{From: now.AddDate(1, 0, 0)}, "in-time", nil},
		"other cert":   {timestamptest.Options{Wrong: true}, "bound", nil},
		"bare":         {timestamptest.Options{Bare: true}, "signature", nil},
		"other root": {timestamptest.Options{}, "chain", func(a *timestamptest.Authority) timestamp.Against {
			return timestamp.Against{Data: data(), Certs: []*x509.Certificate{a.Root}, Roots: []*x509.Certificate{other.Root}}
		}},
		"revoked before": {timestamptest.Options{}, "revocation", func(a *timestamptest.Authority) timestamp.Against {
			crl, _ := a.CRL(now.Add(-time.Hour), 4)
			return timestamp.Against{Data: data(), Roots: []*x509.Certificate{a.Root}, CRLs: [][]byte{crl}}
		}},
		"key lost later": {timestamptest.Options{}, "revocation", func(a *timestamptest.Authority) timestamp.Against {
			crl, _ := a.CRL(now.Add(time.Hour), 1)
			return timestamp.Against{Data: data(), Roots: []*x509.Certificate{a.Root}, CRLs: [][]byte{crl}}
		}},
	} {
		a := authority(t, c.o)
		against := timestamp.Against{Data: data(), Roots: []*x509.Certificate{a.Root}}
		if c.a != nil {
			against = c.a(a)
		}
		v := token(t, a, data(), nil).Verify(against)
		if v.OK() || v.Of(c.check) != timestamp.Bad {
			t.Errorf("%s: %+v", name, v)
		}
	}
	ceased := authority(t, timestamptest.Options{})
	crl, err := ceased.CRL(now.Add(time.Hour), 5)
	if err != nil {
		t.Fatal(err)
	}
	if v := token(t, ceased, data(), nil).Verify(timestamp.Against{Data: data(), Roots: []*x509.Certificate{ceased.Root}, CRLs: [][]byte{crl}}); !v.OK() {
		t.Errorf("an authority that ceased later: %+v", v)
	}
	deny := authority(t, timestamptest.Options{Deny: true})
	req, _ := timestamp.Request(evidence.Sum(data()), nil)
	res, err := deny.Answer(req)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := timestamp.Response(res); !errors.Is(err, timestamp.ErrDenied) || !strings.Contains(err.Error(), "no time today") {
		t.Errorf("%v", err)
	}
	_ = good
}

// TestBareToken: a token without a certificate is judged with one that is at hand.
func TestBareToken(t *testing.T) {
	a := authority(t, timestamptest.Options{Bare: true})
	v := token(t, a, data(), nil).Verify(timestamp.Against{Data: data(), Certs: []*x509.Certificate{a.Cert}, Roots: []*x509.Certificate{a.Root}})
	if !v.OK() {
		t.Errorf("%+v", v)
	}
}

// TestEveryByte: no byte of a token may be changed without being noticed, but in what nobody
// signed: the version numbers, the list of digests, the certificates' own envelope.
func TestEveryByte(t *testing.T) {
	a := authority(t, timestamptest.Options{})
	tok := token(t, a, data(), big.NewInt(77))
	was := tok.Verify(timestamp.Against{Data: data(), Roots: []*x509.Certificate{a.Root}})
	if !was.OK() {
		t.Fatal(was)
	}
	free := 0
	for i := range tok.Raw {
		for _, bit := range []byte{0x01, 0x80} {
			b := append([]byte(nil), tok.Raw...)
			b[i] ^= bit
			m, err := timestamp.Parse(b)
			if err != nil {
				continue
			}
			v := m.Verify(timestamp.Against{Data: data(), Nonce: big.NewInt(77), Roots: []*x509.Certificate{a.Root}})
			if !v.OK() {
				continue
			}
			if !m.Time.Equal(tok.Time) || m.Serial.Cmp(tok.Serial) != 0 || m.Policy != tok.Policy || v.Authority != was.Authority {
				t.Fatalf("byte %d: another token is good: %+v", i, m)
			}
			free++
		}
	}
	if free > 40 {
		t.Errorf("%d changes went unnoticed", free)
	}
	for _, cut := range []int{0, 1, len(tok.Raw) / 2, len(tok.Raw) - 1} {
		if _, err := timestamp.Parse(tok.Raw[:cut]); err == nil {
			t.Errorf("cut at %d: read", cut)
		}
	}
	if _, err := timestamp.Parse(append(append([]byte(nil), tok.Raw...), 0)); err == nil {
		t.Error("a byte behind the end is read over")
	}
}

// TestRenewal: a token outlives its certificates if it was renewed in time.
func TestRenewal(t *testing.T) {
	now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	clock := func() time.Time { return now }
	first := authority(t, timestamptest.Options{Name: "First", From: now.AddDate(0, -1, 0), Years: 1, Now: clock})
	b1 := timestamp.Bundle{V: 1, Token: token(t, first, data(), nil).Raw, Over: timestamp.OverCheckpoint}
	raw1, err := b1.Encode()
	if err != nil {
		t.Fatal(err)
	}
	h1 := evidence.Sum(raw1)
	v1, err := b1.Judge(data(), []*x509.Certificate{first.Root})
	if err != nil || !v1.OK() {
		t.Fatalf("%+v %v", v1, err)
	}
	if due, _ := timestamp.Due(v1, now); due {
		t.Error("due at once")
	}
	if due, by := timestamp.Due(v1, now.AddDate(0, 9, 0)); !due || by != v1.Until {
		t.Error("not due before its end")
	}
	late := now.AddDate(3, 0, 0)
	verdicts := map[evidence.Hash]timestamp.Verdict{h1: v1}
	renewals := map[evidence.Hash][]evidence.Hash{}
	if !timestamp.Lasting(h1, verdicts, renewals, now.AddDate(0, 6, 0)) || timestamp.Lasting(h1, verdicts, renewals, late) {
		t.Error("without renewal")
	}
	renew := func(at time.Time) evidence.Hash {
		now = at
		second := authority(t, timestamptest.Options{Name: "Second", From: at.AddDate(0, -1, 0), Years: 10, Now: clock})
		b := timestamp.Bundle{V: 1, Token: token(t, second, timestamp.RenewalData([]evidence.Hash{h1}), nil).Raw, Over: timestamp.OverBundles, Renewed: []string{h1.String()}}
		raw, err := b.Encode()
		if err != nil {
			t.Fatal(err)
		}
		again, err := timestamp.Open(raw)
		if err != nil {
			t.Fatal(err)
		}
		v, err := again.Judge(nil, []*x509.Certificate{second.Root})
		if err != nil || !v.OK() {
			t.Fatalf("%+v %v", v, err)
		}
		verdicts[evidence.Sum(raw)] = v
		return evidence.Sum(raw)
	}
	renewals[h1] = []evidence.Hash{renew(late)} // too late: the first had ended
	if timestamp.Lasting(h1, verdicts, renewals, late) {
		t.Error("renewed after its end, and it lasts")
	}
	renewals[h1] = append(renewals[h1], renew(time.Date(2026, 10, 1, 0, 0, 0, 0, time.UTC)))
	if !timestamp.Lasting(h1, verdicts, renewals, late) {
		t.Error("renewed in time, and it does not last")
	}
}

func TestIndependent(t *testing.T) {
	a, b := authority(t, timestamptest.Options{}), authority(t, timestamptest.Options{Name: "Another"})
	judge := func(x *timestamptest.Authority) timestamp.Verdict {
		return token(t, x, data(), nil).Verify(timestamp.Against{Data: data(), Roots: []*x509.Certificate{x.Root}})
	}
	if n := timestamp.Independent([]timestamp.Verdict{judge(a), judge(a), judge(b)}); n != 2 {
		t.Errorf("%d authorities", n)
	}
	// The same names with other keys: an authority that changed its key is still one.
	if n := timestamp.Independent([]timestamp.Verdict{judge(a), judge(authority(t, timestamptest.Options{}))}); n != 1 {
		t.Errorf("%d authorities of one name", n)
	}
}

// TestOpenSSL: openssl takes our tokens for good, and we take openssl's.
func TestOpenSSL(t *testing.T) {
	openssl, err := exec.LookPath("openssl")
	if err != nil {
		t.Skip("no openssl is installed: not compared with it")
	}
	dir := t.TempDir()
	put := func(name string, b []byte) string {
		p := filepath.Join(dir, name)
		if err := os.WriteFile(p, b, 0o600); err != nil {
			t.Fatal(err)
		}
		return p
	}
	run := func(args ...string) string {
		cmd := exec.Command(openssl, args...)
		cmd.Dir = dir
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("openssl %s: %v\n%s", strings.Join(args, " "), err, out)
		}
		return string(out)
	}
	a := authority(t, timestamptest.Options{})
	file, root := put("data", data()), put("root.pem", a.RootPEM())
	tok := put("token.der", token(t, a, data(), nil).Raw)
	if out := run("ts", "-verify", "-in", tok, "-token_in", "-data", file, "-CAfile", root); !strings.Contains(out, "Verification: OK") {
		t.Errorf("openssl on our token: %s", out)
	}
	put("tsa.cnf", []byte(strings.ReplaceAll(`[req]
distinguished_name=dn
prompt=no
[dn]
CN=OpenSSL authority
[ca]
basicConstraints=critical,CA:true
keyUsage=critical,keyCertSign
[ts]
basicConstraints=CA:false
extendedKeyUsage=critical,timeStamping
[tsa]
default_tsa=t
[t]
serial=DIR/serial
signer_digest=sha256
default_policy=1.2.3
digests=sha256
ess_cert_id_alg=sha256
`, "DIR", dir)))
	put("serial", []byte("01\n"))
	run("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", "ca.key", "-out", "ca.pem", "-days", "30", "-config", "tsa.cnf", "-extensions", "ca")
	run("req", "-newkey", "rsa:2048", "-nodes", "-keyout", "ts.key", "-out", "ts.csr", "-config", "tsa.cnf", "-subj", "/CN=OpenSSL stamps")
	run("x509", "-req", "-in", "ts.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-out", "ts.pem", "-days", "20", "-extfile", "tsa.cnf", "-extensions", "ts")
	nonce := big.NewInt(424242)
	req, err := timestamp.Request(evidence.Sum(data()), nonce)
	if err != nil {
		t.Fatal(err)
	}
	put("req.der", req)
	run("ts", "-reply", "-queryfile", "req.der", "-signer", "ts.pem", "-inkey", "ts.key", "-config", "tsa.cnf", "-out", "res.der")
	res, err := os.ReadFile(filepath.Join(dir, "res.der"))
	if err != nil {
		t.Fatal(err)
	}
	theirs, err := timestamp.Response(res)
	if err != nil {
		t.Fatal(err)
	}
	pem, err := os.ReadFile(filepath.Join(dir, "ca.pem"))
	if err != nil {
		t.Fatal(err)
	}
	roots, err := timestamp.PEM(pem)
	if err != nil {
		t.Fatal(err)
	}
	if v := theirs.Verify(timestamp.Against{Data: data(), Nonce: nonce, Roots: roots}); !v.OK() || v.Of("chain") != timestamp.Good {
		t.Errorf("openssl's token: %+v", v)
	}
}

func FuzzParse(f *testing.F) {
	a, err := timestamptest.New(timestamptest.Options{})
	if err != nil {
		f.Fatal(err)
	}
	req, _ := timestamp.Request(evidence.Sum(data()), nil)
	res, err := a.Answer(req)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(res)
	if tok, err := timestamp.Response(res); err == nil {
		f.Add(tok.Raw)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		if tok, err := timestamp.Response(b); err == nil {
			tok.Verify(timestamp.Against{Data: data()})
		}
		if tok, err := timestamp.Parse(b); err == nil {
			tok.Verify(timestamp.Against{Data: data(), Roots: []*x509.Certificate{a.Root}})
			tok.Needs(nil)
		}
	})
}
