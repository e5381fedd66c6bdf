package collector

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"math/big"
	"sync"
	"time"

	"svidok/archive"
	"svidok/evidence"
	"svidok/fetching"
	"svidok/timestamp"
)

const (
	stampRest  = 10 * time.Minute // entries wait so long for a time-stamp, so that many share one
	stampRetry = time.Minute      // after a failure; doubled up to an hour
	stampMost  = time.Hour
	clockDoubt = 5 * time.Minute // between ours and an authority's
	needBytes  = 8 << 20         // of one revocation list
	typeQuery  = "application/timestamp-query"
	typeOCSP   = "application/ocsp-request"
)

// vouching is what is known of authorities that failed.
type vouching struct {
	mu    sync.Mutex
	next  map[string]time.Time
	waits map[string]time.Duration

	naming sync.Mutex // held from when the operator is named until that is noted

	renewing sync.Mutex                          // guards what follows
	looked   time.Time                           // when renewals were last looked for
	ends     map[evidence.Hash]timestamp.Verdict // of stamp records: when they end, and were made
	again    map[string]time.Time                // of a chain: not renewed before
}

// rest reports whether an authority should be left alone for now.
func (v *vouching) rest(authority string, now time.Time) bool {
	v.mu.Lock()
	defer v.mu.Unlock()
	return now.Before(v.next[authority])
}

func (v *vouching) done(authority string, now time.Time, err error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.next == nil {
		v.next, v.waits = map[string]time.Time{}, map[string]time.Duration{}
	}
	if err == nil {
		delete(v.next, authority)
		delete(v.waits, authority)
		return
	}
	v.waits[authority] = min(max(2*v.waits[authority], stampRetry), stampMost)
	v.next[authority] = now.Add(v.waits[authority])
}

// Vouch has the ledger time-stamped and cosigned, if entries wait for it; now: also those
// that have not waited long, and also by whom failed lately. It names every authority and
// witness that failed; what others gave is kept all the same.
func (c *Collector) Vouch(ctx context.Context, now bool) error {
	v, err := c.o.Archive.Keeping().Vouched(ctx)
	if err != nil {
		return err
	}
	var errs []error
	if v.Unstamped > 0 && (now || c.o.Now().Sub(v.Since) > stampRest) {
		errs = append(errs, c.stampAll(ctx, now))
	}
	errs = append(errs, c.renew(ctx, now), c.witnessAll(ctx, now))
	return errors.Join(errs...)
}

// stampAll asks every authority at the same time.
func (c *Collector) stampAll(ctx context.Context, now bool) error {
	head, note := c.o.Archive.Keeping().Head()
	errs := make([]error, len(c.o.Settings.Authorities))
	var wg sync.WaitGroup
	for i, authority := range c.o.Settings.Authorities {
		if !now && c.vouching.rest(authority, c.o.Now()) {
			continue
		}
		wg.Go(func() {
			s := evidence.Stamp{Size: head.Size, Root: head.Root, Checkpoint: evidence.Sum(note)}
			err := c.stamp(ctx, authority, note, time.Time{}, timestamp.Bundle{V: 1, Over: timestamp.OverCheckpoint}, s, archive.NotedObject{MediaType: "text/plain; charset=utf-8", Data: note})
			c.vouching.done(authority, c.o.Now(), err)
			if err != nil {
				errs[i] = fmt.Errorf("time-stamp from %s: %w", authority, err)
			}
		})
	}
	wg.Wait()
	return errors.Join(errs...)
}

// stamp has data stamped by one authority and keeps what it gives, if its certificates last
// beyond until.
func (c *Collector) stamp(ctx context.Context, authority string, data []byte, until time.Time, b timestamp.Bundle, s evidence.Stamp, objects ...archive.NotedObject) error {
	nonce, err := c.bigNonce()
	if err != nil {
		return err
	}
	question, err := b.Ask(data, nonce)
	if err != nil {
		return err
	}
	r, err := c.o.Client.Post(ctx, authority, typeQuery, question)
	if err != nil {
		return err
	}
	if last := r.Exchanges[len(r.Exchanges)-1]; last.Status != 200 {
		return fmt.Errorf("it answers %d: %w", last.Status, errUnreached)
	}
	t, err := timestamp.Response(r.Body)
	if err != nil {
		return err
	}
	b.Token = t.Raw
	if err := answers(t, data, nonce); err != nil {
		return err
	}
	if err := c.support(ctx, t, &b); err != nil {
		return err
	}
	v, err := c.judgeToken(ctx, t, data, nonce, b)
	if err != nil {
		return err
	}
	if !v.Until.After(until) {
		return fmt.Errorf("its certificates end on %s, no later than those that it should renew: %w", v.Until.UTC().Format(time.DateOnly), errNoLater)
	}
	if off := c.o.Now().Sub(t.Time); off.Abs() > clockDoubt {
		c.o.Notice(fmt.Sprintf("the clock of this machine is off: %s says %s, we say %s", authority, t.Time.UTC().Format(time.RFC3339), c.o.Now().UTC().Format(time.RFC3339)))
	}
	raw, err := b.Encode()
	if err != nil {
		return err
	}
	c.vouching.naming.Lock() // two tokens of one operator may come at once
	defer c.vouching.naming.Unlock()
	s.V, s.Kind, s.Authority, s.Bundle, s.Time = 1, evidence.KindStamp, authority, evidence.Sum(raw), evidence.Instant(t.Time)
	if s.Chain, err = c.operator(ctx, v); err != nil {
		return err
	}
	objects = append(objects, archive.NotedObject{MediaType: "application/json", Data: raw})
	_, err = c.o.Archive.Note(ctx, archive.Noting{By: c.o.By, Objects: objects, Records: func(f archive.Facts) ([]any, error) {
		s.At, s.By = f.At, f.By
		return []any{s}, nil
	}})
	return err
}

func (c *Collector) bigNonce() (*big.Int, error) {
	var b [9]byte
	c.mu.Lock()
	defer c.mu.Unlock()
	if _, err := io.ReadFull(c.o.Rand, b[:]); err != nil {
		return nil, fmt.Errorf("draw random bytes: %w", err)
	}
	return new(big.Int).SetBytes(b[:]), nil
}

// answers: the token is an answer to our question, by the key that it names. Before that is
// known, no address that it names is asked.
func answers(t timestamp.Token, data []byte, nonce *big.Int) error {
	v := t.Verify(timestamp.Against{Data: data, Nonce: nonce})
	for _, name := range []string{"imprint", "signature", "bound"} {
		if v.Of(name) == timestamp.Bad {
			return fmt.Errorf("its token is not good (%s): %w", name, evidence.ErrRefused)
		}
	}
	return nil
}

// judgeToken refuses a token that proves nothing: it is not kept as if it did.
func (c *Collector) judgeToken(ctx context.Context, t timestamp.Token, data []byte, nonce *big.Int, b timestamp.Bundle) (timestamp.Verdict, error) {
	roots, err := c.roots(ctx)
	if err != nil {
		return timestamp.Verdict{}, err
	}
	certs, err := timestamp.Certificates(b.Certs)
	if err != nil {
		return timestamp.Verdict{}, err
	}
	v := t.Verify(timestamp.Against{Data: data, Nonce: nonce, Certs: certs, Roots: roots, CRLs: b.CRLs, OCSPs: b.OCSPs, At: c.o.Now()})
	for _, k := range v.Checks {
		if k.Outcome == timestamp.Bad {
			return v, fmt.Errorf("its token is not good (%s: %s): %w", k.Name, k.Detail, evidence.ErrRefused)
		}
	}
	return v, nil
}

// roots are the certificates that chains must lead to, if the settings name any.
func (c *Collector) roots(ctx context.Context) ([]*x509.Certificate, error) {
	if c.o.Settings.Roots.IsZero() {
		return nil, nil
	}
	r, _, err := c.o.Archive.Object(ctx, c.o.Settings.Roots)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	b, err := io.ReadAll(io.LimitReader(r, 16<<20))
	if err != nil {
		return nil, fmt.Errorf("read the roots: %w", err)
	}
	return timestamp.PEM(b)
}

// support fetches what the token will be judged by when its authority is gone: the chain,
// lists of what was taken back, and the authority's answer about its own certificate. What
// cannot be had is missing, and the verdict says "not judged".
func (c *Collector) support(ctx context.Context, t timestamp.Token, b *timestamp.Bundle) error {
	get := func(a fetching.Ask) []byte {
		a.Once, a.Service, a.MaxBytes = true, true, needBytes
		r, err := c.o.Client.Get(ctx, a)
		if err != nil || r.Exchanges[len(r.Exchanges)-1].Status != 200 {
			return nil
		}
		return r.Body
	}
	for range 3 { // each certificate may name the next
		certs, err := timestamp.Certificates(b.Certs)
		if err != nil {
			return err
		}
		before := len(b.Certs)
		for _, address := range t.Needs(certs).Issuers {
			der := get(fetching.Ask{URL: address})
			if _, err := x509.ParseCertificate(der); err == nil && len(b.Certs) < 8 {
				b.Certs = append(b.Certs, der)
			}
		}
		b.Certs = once(b.Certs)
		if len(b.Certs) == before {
			break
		}
	}
	certs, err := timestamp.Certificates(b.Certs)
	if err != nil {
		return err
	}
	needs := t.Needs(certs)
	for _, address := range needs.CRLs {
		if body := get(fetching.Ask{URL: address}); len(body) > 0 {
			if _, err := x509.ParseRevocationList(body); err == nil {
				b.CRLs = append(b.CRLs, body)
			}
		}
	}
	if question, err := t.AskOCSP(certs); err == nil {
		for _, address := range needs.OCSPs {
			r, err := c.o.Client.Post(ctx, address, typeOCSP, question)
			if err == nil && r.Exchanges[len(r.Exchanges)-1].Status == 200 && len(r.Body) > 0 {
				b.OCSPs = append(b.OCSPs, r.Body)
				break
			}
		}
	}
	return nil
}

// once leaves of equal byte strings the first.
func once(list [][]byte) [][]byte {
	seen := map[evidence.Hash]bool{}
	var out [][]byte
	for _, b := range list {
		if h := evidence.Sum(b); !seen[h] {
			seen[h] = true
			out = append(out, b)
		}
	}
	return out
}

func (c *Collector) object(ctx context.Context, h evidence.Hash) ([]byte, error) {
	r, _, err := c.o.Archive.Object(ctx, h)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	b, err := io.ReadAll(io.LimitReader(r, 64<<20))
	if err != nil {
		return nil, fmt.Errorf("object %s: %w", h, err)
	}
	return b, nil
}
