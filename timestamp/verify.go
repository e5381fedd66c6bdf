package timestamp

import (
	"bytes"
	"crypto/x509"
	"errors"
	"fmt"
	"math/big"
	"time"

	"svidok/evidence"
)

// Against is what a token is judged by.
type Against struct {
	Data   []byte              // the bytes that were stamped; or
	Digest []byte              // their hash under the token's algorithm
	Nonce  *big.Int            // what was asked with; nil: not compared
	Certs  []*x509.Certificate // at hand besides those in the token
	Roots  []*x509.Certificate // trusted; none: the chain is not judged
	CRLs   [][]byte            // DER, besides those in the token
	OCSPs  [][]byte            // DER of OCSPResponses
	// At is when it is judged: it must have lasted until then, and a certificate that was
	// taken back after At was good. Zero: as of the token's own time, and a key that was lost
	// at any time counts.
	At time.Time
}

// Outcome of one check.
type Outcome string

// The outcomes.
const (
	Good      Outcome = "good"
	Bad       Outcome = "bad"
	NotJudged Outcome = "not judged" // what it takes is not at hand
)

// Check is one check of a token.
type Check struct {
	Name    string // imprint, nonce, signature, bound, purpose, in-time, alone, chain, lasting, strong, revocation
	Key     string // stable, one of [Keys]: for the words of a page
	Outcome Outcome
	Detail  string // English, for logs and experts
}

// Keys are all keys that a [Check] can have.
func Keys() []string {
	return []string{
		"imprint-good", "imprint-other", "imprint-weak",
		"nonce-good", "nonce-other",
		"signature-good", "signature-bad", "signature-digest", "signature-content-type", "signature-weak", "signature-unknown-algorithm", "signature-no-certificate",
		"bound-good", "bound-missing", "bound-other", "bound-weak",
		"purpose-good", "purpose-other", "purpose-not-critical", "purpose-not-signing",
		"in-time-good", "in-time-outside",
		"alone-good", "alone-injected",
		"chain-trusted", "chain-untrusted", "chain-incomplete", "chain-broken", "chain-not-judged",
		"lasting-good", "lasting-ended", "lasting-ahead",
		"strong-good", "strong-weak", "strong-aged",
		"revocation-good", "revocation-revoked", "revocation-unknown",
		"renewal-good", "renewal-other", "renewal-late",
	}
}

// Verdict is what is to be thought of a token.
type Verdict struct {
	Time       time.Time
	Authority  string    // subject of the signing certificate
	Root       string    // SHA-256 of the key of the chain's root, hex; "" if the chain does not reach one
	Until      time.Time // when the first certificate of its chain ends
	RenewBy    time.Time // when the first certificate or algorithm of its chain ends
	RenewFor   string    // which of them: "certificate-ends", "algorithm-ages"
	Revocation Revocation
	Checks     []Check

	path []*x509.Certificate // from the signer up, as far as it could be followed
}

// OK reports whether nothing is bad: the token proves its time as far as it could be
// judged. What was not judged stands in Checks.
func (v Verdict) OK() bool {
	for _, c := range v.Checks {
		if c.Outcome == Bad {
			return false
		}
	}
	return len(v.Checks) > 0
}

// Of returns the outcome of one check.
func (v Verdict) Of(name string) Outcome {
	for _, c := range v.Checks {
		if c.Name == name {
			return c.Outcome
		}
	}
	return NotJudged
}

// Chain is the way from the signing certificate up, DER, as far as it could be followed.
func (v Verdict) Chain() [][]byte {
	var out [][]byte
	for _, c := range v.path {
		out = append(out, c.Raw)
	}
	return out
}

// finding is an error with the key of what was found.
type finding struct {
	key string
	err error
}

func (f *finding) Error() string { return f.err.Error() }
func (f *finding) Unwrap() error { return f.err }

func fault(key, format string, args ...any) error {
	return &finding{key: key, err: fmt.Errorf(format, args...)}
}

// add notes a check: good under NAME-good, or what err found.
func (v *Verdict) add(name string, err error, detail string) {
	c := Check{Name: name, Key: name + "-good", Outcome: Good, Detail: detail}
	if err != nil {
		c.Key, c.Outcome, c.Detail = name+"-other", Bad, err.Error()
		if f, ok := errors.AsType[*finding](err); ok {
			c.Key = f.key
		}
	}
	v.Checks = append(v.Checks, c)
}

func (v *Verdict) note(name, key string, o Outcome, detail string) {
	v.Checks = append(v.Checks, Check{Name: name, Key: key, Outcome: o, Detail: detail})
}

// Verify judges a token as of its own time: what happened later (a changed key, a certificate
// that was replaced) takes nothing from it, except that its key was lost. If a.At is set, it
// must also have lasted until then.
func (t Token) Verify(a Against) Verdict {
	v := Verdict{Time: t.Time}
	v.add("imprint", t.checkImprint(a), t.Hash)
	if a.Nonce != nil {
		var err error
		if t.Nonce == nil || t.Nonce.Cmp(a.Nonce) != 0 {
			err = fault("nonce-other", "it answers another question: %w", evidence.ErrTampered)
		}
		v.add("nonce", err, "")
	}
	at := append(append([]*x509.Certificate(nil), t.certs...), a.Certs...)
	cert, err := t.signerOf(append(at, a.Roots...))
	if err != nil {
		v.add("signature", err, "")
		return v
	}
	v.Authority = cert.Subject.String()
	how, err := t.checkSignature(cert)
	v.add("signature", err, how)
	form, err := t.bound(cert)
	v.add("bound", err, form)
	v.add("purpose", purpose(cert), "")
	v.add("in-time", within(cert, t.Time), fmt.Sprintf("%s to %s", cert.NotBefore.UTC().Format(time.DateOnly), cert.NotAfter.UTC().Format(time.DateOnly)))
	v.follow(t.Time, cert, at, a.Roots)
	v.add("alone", t.alone(v.path), "")
	v.ends()
	v.lasting(a.At)
	v.strong(a.At)
	a.CRLs = append(append([][]byte(nil), t.crls...), a.CRLs...)
	v.revocation(a, t.Time)
	return v
}

func (t Token) checkImprint(a Against) error {
	if t.imprintHash == 0 {
		return fault("imprint-weak", "an imprint under %s: %w", t.Hash, evidence.ErrRefused)
	}
	want := a.Digest
	if a.Data != nil {
		want = sum(t.imprintHash, a.Data)
	}
	if !bytes.Equal(want, t.Imprint) {
		return fault("imprint-other", "it is over other bytes: %w", evidence.ErrTampered)
	}
	return nil
}

// purpose: RFC 3161, 2.3: the one extended key usage timeStamping, critical; the key is for
// signatures only, if its use is said; and it is no certification authority's.
func purpose(c *x509.Certificate) error {
	if len(c.ExtKeyUsage) != 1 || c.ExtKeyUsage[0] != x509.ExtKeyUsageTimeStamping || len(c.UnknownExtKeyUsage) > 0 {
		return fault("purpose-other", "the certificate is not for time-stamps alone: %w", evidence.ErrRefused)
	}
	for _, e := range c.Extensions {
		if e.Id.String() == "2.5.29.37" && !e.Critical {
			return fault("purpose-not-critical", "its purpose is not marked critical: %w", evidence.ErrRefused)
		}
	}
	const signing = x509.KeyUsageDigitalSignature | x509.KeyUsageContentCommitment
	if c.KeyUsage != 0 && (c.KeyUsage&signing == 0 || c.KeyUsage&^signing != 0) || c.IsCA {
		return fault("purpose-not-signing", "the key is not for signatures alone: %w", evidence.ErrRefused)
	}
	if len(c.UnhandledCriticalExtensions) > 0 {
		return fault("purpose-other", "the certificate has the unknown critical extension %s: %w", c.UnhandledCriticalExtensions[0], evidence.ErrRefused)
	}
	return nil
}

func within(c *x509.Certificate, at time.Time) error {
	if at.Before(c.NotBefore) || at.After(c.NotAfter) {
		return fault("in-time-outside", "the certificate of %s was good from %s to %s only: %w", c.Subject, c.NotBefore.UTC().Format(time.DateTime), c.NotAfter.UTC().Format(time.DateTime), evidence.ErrRefused)
	}
	return nil
}

// alone: a certificate of another end entity has no business in a token. It may have been put
// there for a careless reader to take for the signer's.
func (t Token) alone(path []*x509.Certificate) error {
	for _, c := range t.certs {
		if !c.IsCA && !contains(path, c) {
			return fault("alone-injected", "a certificate of %s was put beside the signer's: %w", c.Subject, evidence.ErrTampered)
		}
	}
	return nil
}

// ends finds when the first certificate and the first algorithm of the chain end. An algorithm
// that had aged before the token was made is no reason to renew it: it would be none the better.
func (v *Verdict) ends() {
	for i, c := range v.path {
		if i == 0 || c.NotAfter.Before(v.Until) {
			v.Until = c.NotAfter
		}
	}
	v.RenewBy, v.RenewFor = v.Until, "certificate-ends"
	for _, c := range v.path {
		if end, ok := ageing(c); ok && end.Before(v.RenewBy) && end.After(v.Time) {
			v.RenewBy, v.RenewFor = end, "algorithm-ages"
		}
	}
}

// lasting: after a certificate of its chain has ended, nobody vouches any more that its key
// was not lost, and a token proves nothing that was not renewed before.
func (v *Verdict) lasting(at time.Time) {
	until := v.Until.UTC().Format(time.DateOnly)
	switch {
	case at.IsZero():
	case at.After(v.Until):
		v.add("lasting", fault("lasting-ended", "its certificates ended on %s, and it was not renewed: %w", until, evidence.ErrRefused), "")
	case at.Before(v.Time):
		v.note("lasting", "lasting-ahead", NotJudged, "its time lies after the time of judging: one of the two clocks is wrong")
	default:
		v.add("lasting", nil, "until "+until)
	}
}
