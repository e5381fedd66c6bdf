package dossier

import (
	"crypto/x509"

	"fmt"
	"slices"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/note"

	"svidok/evidence"
	"svidok/proof"
	"svidok/timestamp"
)

// wanted is how many authorities must vouch for the time of an entry.
const wantedStamps = 2

// stampLine is one line of data/ledger/stamps.jsonl: a time-stamp over a checkpoint of the
// ledger, and the proof that the bundle's checkpoint extends that one.
type stampLine struct {
	Authority string           `json:"authority"` // address that was asked
	Note      string           `json:"note"`      // the signed checkpoint that was stamped
	Path      []evidence.Hash  `json:"path,omitzero"`
	Bundle    timestamp.Bundle `json:"bundle"`
}

// judgedStamp is what is thought of one.
type judgedStamp struct {
	line    stampLine
	size    int64
	hash    evidence.Hash // of the bundle's bytes
	verdict timestamp.Verdict
}

// vouched is what the time-stamps of a bundle come to.
type vouched struct {
	list        []judgedStamp
	authorities int       // independent, that cover every entry here
	by          time.Time // by when the entries existed: the latest of the first that many
	judged      bool      // every chain leads to a root that is trusted here

	verdicts map[evidence.Hash]timestamp.Verdict
	renewals map[evidence.Hash][]evidence.Hash
}

// stamps judges the time-stamps of a bundle. An error: one of them is not what it should be.
func (c *contents) judgeStamps(roots []*x509.Certificate) (vouched, error) {
	var out vouched
	key, err := note.NewVerifier(c.key)
	if err != nil {
		return out, fmt.Errorf("key.pub: %w: %w", evidence.ErrFormat, err)
	}
	verdicts, renewals := map[evidence.Hash]timestamp.Verdict{}, map[evidence.Hash][]evidence.Hash{}
	for i, l := range c.stamps {
		j, err := c.judgeStamp(l, key, roots)
		if err != nil {
			return out, fmt.Errorf("time-stamp %d, from %s: %w", i+1, clip(l.Authority), err)
		}
		verdicts[j.hash] = j.verdict
		for _, s := range l.Bundle.Renewed {
			if h, err := evidence.ParseHash(s); err == nil {
				renewals[h] = append(renewals[h], j.hash)
			}
		}
		out.list = append(out.list, j)
	}
	out.verdicts, out.renewals = verdicts, renewals
	out.authorities, out.by, out.judged = out.count(c, c.stated.Made)
	return out, nil
}

func (c *contents) judgeStamp(l stampLine, key note.Verifier, roots []*x509.Certificate) (judgedStamp, error) {
	j := judgedStamp{line: l}
	cp, err := proof.OpenCheckpoint([]byte(l.Note), key)
	if err != nil {
		return j, err
	}
	j.size = cp.Size
	if err := c.extends(cp.Size, cp.Root, l.Path); err != nil {
		return j, err
	}
	raw, err := l.Bundle.Encode()
	if err != nil {
		return j, err
	}
	j.hash = evidence.Sum(raw)
	if j.verdict, err = l.Bundle.Judge([]byte(l.Note), roots); err != nil {
		return j, err
	}
	for _, k := range j.verdict.Checks {
		if k.Outcome == timestamp.Bad {
			return j, fmt.Errorf("%s: %s: %w", k.Name, k.Detail, evidence.ErrTampered)
		}
	}
	return j, nil
}

// count finds how many independent authorities vouch for every entry of the bundle, and
// since when. A time-stamp counts that had not ended at a time, or was renewed before it did.
func (v *vouched) count(c *contents, at time.Time) (authorities int, by time.Time, judged bool) {
	last := c.lines[len(c.lines)-1].Index
	var good []judgedStamp
	for _, j := range v.list {
		if j.size > last && j.line.Bundle.Over == timestamp.OverCheckpoint && timestamp.Lasting(j.hash, v.verdicts, v.renewals, at) {
			good = append(good, j)
		}
	}
	slices.SortFunc(good, func(a, b judgedStamp) int { return a.verdict.Time.Compare(b.verdict.Time) })
	var firsts []timestamp.Verdict
	judged = len(good) > 0
	for _, j := range good {
		before := timestamp.Independent(firsts)
		firsts = append(firsts, j.verdict)
		judged = judged && j.verdict.Of("chain") == timestamp.Good
		if authorities = timestamp.Independent(firsts); authorities > before && authorities <= wantedStamps {
			by = j.verdict.Time
		}
	}
	return authorities, by, judged
}

// enough reports whether the time does not rest on the observer's clock alone.
func (v vouched) enough() bool { return v.authorities >= wantedStamps }

// stampFiles are what openssl needs of each time-stamp: the bytes that were stamped, and the
// token. They follow from stamps.jsonl.
func stampFiles(c *contents) map[string][]byte {
	out := map[string][]byte{}
	for i, l := range c.stamps {
		data := []byte(l.Note)
		if l.Bundle.Over == timestamp.OverBundles {
			var list []evidence.Hash
			for _, s := range l.Bundle.Renewed {
				if h, err := evidence.ParseHash(s); err == nil {
					list = append(list, h)
				}
			}
			data = timestamp.RenewalData(list)
		}
		out[fmt.Sprintf("data/ledger/stamps/%d.stamped", i+1)] = data
		out[fmt.Sprintf("data/ledger/stamps/%d.token", i+1)] = l.Bundle.Token
	}
	return out
}

// isStampFile reports whether a name is one of theirs.
func isStampFile(p string) bool {
	rest, ok := strings.CutPrefix(p, "data/ledger/stamps/")
	number, ext, _ := strings.Cut(rest, ".")
	return ok && (ext == "stamped" || ext == "token") && number != "" && strings.Trim(number, "0123456789") == "" && number[0] != '0' && len(number) < 6
}

// stampsOf gives the case's time-stamps in words, for whoever verifies.
func (v *bundleCheck) stamps() error {
	if v.c.stated.Wording < 2 && len(v.c.stamps) > 0 {
		return fmt.Errorf("time-stamps in a bundle of wording %d: %w", v.c.stated.Wording, evidence.ErrFormat)
	}
	roots, err := v.opt.roots()
	if err != nil {
		return err
	}
	s, err := v.c.judgeStamps(roots)
	if err != nil {
		return err
	}
	v.r.stamped(s.authorities, s.by, s.judged, len(s.list))
	if now, _, _ := s.count(v.c, v.opt.At); !v.opt.At.IsZero() && now < s.authorities {
		v.r.note("time-stamp", v.r.say.stampEnded, moment(v.opt.At), now)
	}
	return nil
}

// stamped tells what time-stamps come to.
func (r *result) stamped(authorities int, by time.Time, judged bool, all int) {
	switch {
	case all == 0:
		r.note("time-stamp", "%s", r.say.stamp)
	case authorities < wantedStamps:
		r.note("time-stamp", r.say.stampFew, all, authorities)
	default:
		r.tell(judged)("time-stamp", r.say.stamped, authorities, moment(by))
	}
	if all > 0 && !judged {
		r.note("time-stamp", "%s", r.say.stampRoots)
	}
}

// roots are the certificates that a reader trusts.
func (o Options) roots() ([]*x509.Certificate, error) {
	if len(o.Roots) == 0 {
		return nil, nil
	}
	return timestamp.PEM(o.Roots)
}
