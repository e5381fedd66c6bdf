package timestamp_test

import (
	"bytes"
	"crypto/x509"
	"errors"
	"math/big"
	"testing"

	"svidok/evidence"
	"svidok/timestamp"
	"svidok/timestamp/timestamptest"
)

// survivors changes every byte of a token, and gives the places of those changes after which it
// is still good. None may change what it says.
func survivors(t *testing.T, tok timestamp.Token, nonce *big.Int, a *timestamptest.Authority) []int {
	t.Helper()
	against := timestamp.Against{Data: data(), Nonce: nonce, Roots: roots(a)}
	was := tok.Verify(against)
	if !was.OK() || was.Of("chain") != timestamp.Good {
		t.Fatalf("%+v", was)
	}
	var free []int
	for i := range tok.Raw {
		for _, change := range []byte{1, 0x10, 0x80} {
			b := bytes.Clone(tok.Raw)
			b[i] ^= change
			m, err := timestamp.Parse(b)
			if err != nil {
				if !errors.Is(err, evidence.ErrFormat) && !errors.Is(err, evidence.ErrLimit) {
					t.Fatalf("byte %d: %v", i, err)
				}
				continue
			}
			v := m.Verify(against)
			if !v.OK() {
				continue
			}
			if !m.Time.Equal(tok.Time) || m.Serial.Cmp(tok.Serial) != 0 || m.Policy != tok.Policy || m.Nonce.Cmp(tok.Nonce) != 0 || m.Accuracy != tok.Accuracy ||
				v.Authority != was.Authority || v.Root != was.Root || !v.Until.Equal(was.Until) {
				t.Fatalf("byte %d: another token is good: %+v", i, m)
			}
			free = append(free, i)
		}
	}
	return free
}

// TestEveryByte: no byte of a token can be changed without being found out.
func TestEveryByte(t *testing.T) {
	for name, o := range map[string]timestamptest.Options{
		"plain":         {},
		"rich":          {Intermediate: true, Key: timestamptest.Ed25519, Forge: timestamptest.Forge{Accuracy: true, Ordering: true, Name: true, BothIDs: true, IssuerSerial: 2, KeyID: true}},
		"with old name": {Key: timestamptest.RSA2048, Forge: timestamptest.Forge{OldID: true}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := authority(t, o)
			nonce := big.NewInt(77)
			tok := token(t, a, data(), nonce)
			if free := survivors(t, tok, nonce, a); len(free) > 0 {
				t.Errorf("changes at %v of %d bytes are not found out", free, len(tok.Raw))
			}
			for cut := range tok.Raw {
				if _, err := timestamp.Parse(tok.Raw[:cut]); !errors.Is(err, evidence.ErrFormat) {
					t.Fatalf("cut at %d: %v", cut, err)
				}
			}
			if _, err := timestamp.Parse(append(bytes.Clone(tok.Raw), 0)); !errors.Is(err, evidence.ErrFormat) {
				t.Errorf("a byte behind the end: %v", err)
			}
		})
	}
}

// TestUnsignedParts: what nobody signed can be changed, and only that: unsigned attributes,
// and certificates and lists that the chain does not need. Nothing is taken from them.
func TestUnsignedParts(t *testing.T) {
	unsigned := []byte{0x30, 0x0b, 0x06, 0x03, 0x2a, 0x03, 0x04, 0x31, 0x04, 0x04, 0x02, 0xaa, 0xbb}
	spare := authority(t, timestamptest.Options{Name: "Spare"}).Root
	list, err := authority(t, timestamptest.Options{Name: "Another's list"}).RootList()
	if err != nil {
		t.Fatal(err)
	}
	a := authority(t, timestamptest.Options{Forge: timestamptest.Forge{Unsigned: unsigned, Inject: [][]byte{spare.Raw}, CRL: list}})
	nonce := big.NewInt(77)
	tok := token(t, a, data(), nonce)
	in := func(part []byte, i int) bool {
		from := bytes.Index(tok.Raw, part)
		return from >= 0 && i >= from && i < from+len(part)
	}
	free := survivors(t, tok, nonce, a)
	for _, i := range free {
		if !in(unsigned, i) && !in(spare.Raw, i) && !in(list, i) {
			t.Errorf("a change at %d is not found out", i)
		}
	}
	if len(free) == 0 {
		t.Error("nothing is free: the test tells nothing")
	}
}

// TestOtherEncodings: one value has one encoding.
func TestOtherEncodings(t *testing.T) {
	tok := token(t, authority(t, timestamptest.Options{}), data(), nil)
	body := tok.Raw[4:] // 30 82 xx xx
	long := append([]byte{0x30, 0x83, 0x00, tok.Raw[2], tok.Raw[3]}, body...)
	indefinite := append(append([]byte{0x30, 0x80}, body...), 0, 0)
	for name, b := range map[string][]byte{"a longer length": long, "an indefinite length": indefinite, "nothing": nil, "a NULL": {5, 0}, "two tokens": append(bytes.Clone(tok.Raw), tok.Raw...)} {
		if _, err := timestamp.Parse(b); !errors.Is(err, evidence.ErrFormat) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := timestamp.Parse(make([]byte, 2<<20)); !errors.Is(err, evidence.ErrLimit) {
		t.Errorf("two MiB: %v", err)
	}
	if _, err := timestamp.Response(make([]byte, 2<<20)); !errors.Is(err, evidence.ErrLimit) {
		t.Errorf("a response of two MiB: %v", err)
	}
}

func TestResponses(t *testing.T) {
	for name, b := range map[string][]byte{
		"nothing": nil, "a page": []byte("<html>sign in to the network</html>"), "granted without a token": {0x30, 5, 0x30, 3, 2, 1, 0},
		"behind its end": {0x30, 5, 0x30, 3, 2, 1, 2, 0}, "a status that is no number": {0x30, 4, 0x30, 2, 5, 0},
	} {
		if _, err := timestamp.Response(b); !errors.Is(err, evidence.ErrFormat) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for status, name := range map[byte]string{2: "rejection", 3: "waiting", 4: "revocationWarning", 5: "revocationNotification", 9: "status 9"} {
		_, err := timestamp.Response([]byte{0x30, 5, 0x30, 3, 2, 1, status})
		if !errors.Is(err, timestamp.ErrDenied) || !errors.Is(err, evidence.ErrRefused) || !timestamp.IsDenied(err) || !bytes.Contains([]byte(err.Error()), []byte(name)) || evidence.HintOf(err) == "" {
			t.Errorf("status %d: %v", status, err)
		}
	}
	// A token in a refusal is none.
	good := response(t, authority(t, timestamptest.Options{}), nil)
	no := bytes.Replace(good, []byte{0x30, 3, 2, 1, 0}, []byte{0x30, 3, 2, 1, 2}, 1)
	if _, err := timestamp.Response(no); !errors.Is(err, timestamp.ErrDenied) {
		t.Errorf("a refusal with a token: %v", err)
	}
}

func TestRequests(t *testing.T) {
	for _, n := range []int{0, 20, 31, 33} {
		if _, err := timestamp.RequestDigest(5, make([]byte, n), nil); !errors.Is(err, evidence.ErrUsage) {
			t.Errorf("a digest of %d bytes: %v", n, err)
		}
	}
	if _, err := timestamp.RequestDigest(3, make([]byte, 20), nil); !errors.Is(err, evidence.ErrUsage) {
		t.Errorf("SHA-1: %v", err)
	}
	if _, err := timestamp.Request(evidence.Hash{}, big.NewInt(-1)); !errors.Is(err, evidence.ErrUsage) {
		t.Errorf("a negative nonce: %v", err)
	}
}

func FuzzParse(f *testing.F) {
	var trusted []*x509.Certificate
	for _, o := range []timestamptest.Options{{}, {Intermediate: true, Key: timestamptest.PSS2048, Forge: timestamptest.Forge{Accuracy: true, Name: true, BothIDs: true, IssuerSerial: 2, Unsigned: []byte{5, 0}}}, {Deny: true}} {
		a, err := timestamptest.New(o)
		if err != nil {
			f.Fatal(err)
		}
		trusted = append(trusted, a.Root)
		req, err := timestamp.Request(evidence.Sum(data()), big.NewInt(5))
		if err != nil {
			f.Fatal(err)
		}
		res, err := a.Answer(req)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(res)
		if tok, err := timestamp.Response(res); err == nil {
			f.Add(tok.Raw)
		}
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		tok, err := timestamp.Response(b)
		if err != nil {
			tok, err = timestamp.Parse(b)
		}
		if err != nil {
			if !errors.Is(err, evidence.ErrFormat) && !errors.Is(err, evidence.ErrLimit) && !errors.Is(err, timestamp.ErrDenied) {
				t.Fatalf("an error of no kind: %v", err)
			}
			return
		}
		again, err := timestamp.Parse(tok.Raw)
		if err != nil || !again.Time.Equal(tok.Time) {
			t.Fatalf("read once, and not again: %v", err)
		}
		v := tok.Verify(timestamp.Against{Data: []byte("other bytes"), Roots: trusted})
		if v.OK() {
			t.Fatal("a token over other bytes is good")
		}
		tok.Needs(nil)
		_, _ = tok.AskOCSP(trusted) // either way
	})
}
