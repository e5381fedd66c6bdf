package crosscapture

import (
	"fmt"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/note"

	"svidok/evidence"
	"svidok/proof"
)

// Window is how far apart two captures of one address may have been made for a difference
// between them to contradict: pages change.
const Window = time.Hour

// Pair is what a case captured at an address, beside what another case shows of it. It is
// kept as an object in the form of evidence.Encode, named by an event of custody
// ("compared"), and goes along in the dossiers that rest on the capture.
type Pair struct {
	V     int    `json:"v"`     // 1
	Key   string `json:"key"`   // C2SP verifier key of the other case, as somebody got it from them
	Own   string `json:"own"`   // statement by the key of this case
	Other string `json:"other"` // statement by Key
}

// Compared is a Pair that was verified.
type Compared struct {
	Own, Other Shown
	Likeness   Likeness
}

// Open verifies a pair in a case whose verifier key is own: both statements hold, they are
// of one address, and the other case is another one. Whether Key is whom the reader knows
// is for the reader to say. Errors: ErrFormat, ErrTampered; ErrRefused where one observer
// would count as two, or the addresses differ.
func (p Pair) Open(own string) (Compared, error) {
	c, err := p.open(own)
	if err != nil {
		return c, fmt.Errorf("two captures beside each other: %w", err)
	}
	return c, nil
}

func (p Pair) open(own string) (c Compared, err error) {
	if p.V != 1 {
		return c, fmt.Errorf("version %d: %w", p.V, evidence.ErrFormat)
	}
	for _, x := range []struct {
		key, statement string
		into           *Shown
	}{{own, p.Own, &c.Own}, {p.Key, p.Other, &c.Other}} {
		key, err := note.NewVerifier(x.key)
		if err != nil {
			return c, fmt.Errorf("the key %.200q: %w: %w", x.key, evidence.ErrFormat, err)
		}
		if *x.into, err = Open([]byte(x.statement), key, nil, proof.Bounds{}); err != nil {
			return c, err
		}
	}
	if c.Own.Case == c.Other.Case || bare(own) == bare(p.Key) {
		return c, fmt.Errorf("both captures are of one case, and one observer is not two: %w", evidence.ErrRefused)
	}
	if c.Own.Address != c.Other.Address {
		return c, fmt.Errorf("of two addresses, %.100q and %.100q: %w", c.Own.Address, c.Other.Address, evidence.ErrRefused)
	}
	c.Likeness = Liken(c.Own.Observation, c.Other.Observation, Window)
	return c, nil
}

// bare is a verifier key without its name: a key under another name is still that key.
func bare(vkey string) string { return vkey[strings.LastIndexByte(vkey, '+')+1:] }
