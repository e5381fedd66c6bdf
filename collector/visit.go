package collector

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"svidok/archive"
	"svidok/catalog"
	"svidok/evidence"
	"svidok/fetching"
)

// visit is one visit under way.
type visit struct {
	c      *Collector
	source catalog.Source
	all    bool   // look again at all that was taken
	cursor cursor // as the last visit left it, then as this one leaves it
	rec    evidence.Visit
	same   []string
	failed error // why the page that was asked for last could not be taken

	listing     *fetching.Result // the listing's answer, not yet kept
	listingRef  evidence.Hash    // its capture, once kept
	listingDoor string
}

// cursor is what the next visit must know. It stands in the visit's record.
type cursor struct {
	ETag     string `json:"etag,omitempty"`
	Modified string `json:"modified,omitempty"`
	Newest   int64  `json:"newest,omitempty"` // of numbered items
	Back     string `json:"back,omitempty"`   // address of older items that are still to be taken
	Floor    int64  `json:"floor,omitempty"`  // back to this number
}

// visit visits one source and notes the visit. bad: it failed. An error is the case's own:
// it cannot be written.
func (c *Collector) visit(ctx context.Context, d due) (bad bool, err error) {
	if !c.hold(d.source.ID) {
		return false, nil
	}
	defer c.release(d.source.ID)
	v := &visit{c: c, source: d.source, all: d.all, rec: evidence.Visit{V: 1, Kind: evidence.KindVisit, Source: d.source.ID, Address: d.source.Address, Started: c.instant()}}
	if s := d.source.Last.Cursor; s != "" && d.source.Position < d.source.Last.Position {
		_ = json.Unmarshal([]byte(s), &v.cursor) // of an older version: begins anew
	}
	err = v.run(ctx)
	if ctx.Err() != nil { // interrupted: what was taken is kept; the next visit goes on
		return true, nil
	}
	if isOurs(err) {
		return true, err
	}
	v.judge(err)
	if err := v.note(ctx); err != nil {
		return true, err
	}
	c.say(Status{Source: v.source.Source, Outcome: v.rec.Outcome, Taken: v.rec.Taken, Same: v.sameCount(), Gone: len(v.rec.Gone), Err: err})
	return failedOutcome(v.rec.Outcome), nil
}

func (c *Collector) instant() time.Time { return evidence.Instant(c.o.Now()) }

func (v *visit) run(ctx context.Context) error {
	switch v.source.Type {
	case evidence.SourceTelegram:
		return v.telegram(ctx)
	case evidence.SourceFeed, evidence.SourceSitemap, evidence.SourceList:
		return v.list(ctx)
	case evidence.SourcePage:
		return v.page(ctx)
	case evidence.SourceFolder:
		return v.folder(ctx)
	}
	return fmt.Errorf("a source of type %q: %w", v.source.Type, evidence.ErrFormat)
}

// ours marks errors of the case itself: no visit can mend them.
type ours struct{ error }

func (o ours) Unwrap() error { return o.error }

func isOurs(err error) bool {
	_, ok := errors.AsType[ours](err)
	return ok
}

// judge puts the outcome to what came of the visit.
func (v *visit) judge(err error) {
	v.rec.Ended = v.c.instant()
	switch {
	case err != nil && v.rec.Taken == 0:
		v.rec.Outcome, v.rec.Why = outcomeOf(err), clipped(err.Error())
	case err != nil:
		v.rec.Outcome, v.rec.Why = evidence.VisitPart, clipped(err.Error())
	case len(v.rec.Missed) > 0:
		v.rec.Outcome = evidence.VisitPart
	case v.rec.Taken > 0 || len(v.rec.Gone) > 0:
		v.rec.Outcome = evidence.VisitNew
	default:
		v.rec.Outcome = evidence.VisitSame
	}
}

// note makes the record of the visit durable.
func (v *visit) note(ctx context.Context) error {
	private, object, err := v.c.private(v.via())
	if err != nil {
		return ours{err}
	}
	nonce, err := v.c.nonce()
	if err != nil {
		return ours{err}
	}
	cur, err := json.Marshal(v.cursor)
	if err != nil {
		return ours{err}
	}
	v.rec.Same = compact(v.same)
	slices.Sort(v.rec.Gone)
	v.rec.Cursor, v.rec.Private, v.rec.Nonce, v.rec.Tool = string(cur), private, nonce, v.c.o.Tool
	if v.rec.Cursor == "{}" {
		v.rec.Cursor = ""
	}
	_, err = v.c.o.Archive.Note(ctx, archive.Noting{By: v.c.o.By, Objects: []archive.NotedObject{object},
		Records: func(f archive.Facts) ([]any, error) {
			v.rec.At, v.rec.By = f.At, f.By
			return []any{v.rec}, nil
		}})
	if err != nil {
		return ours{err}
	}
	return nil
}

func (v *visit) via() string {
	if v.listing == nil {
		return ""
	}
	return v.listing.Exchanges[len(v.listing.Exchanges)-1].Remote
}

// count adds an answer to what the visit cost.
func (v *visit) count(r fetching.Result) {
	for _, x := range r.Exchanges {
		v.rec.Requests++
		v.rec.Bytes += int64(len(x.Response))
	}
	v.rec.Requests += len(r.Tried)
}

func (v *visit) sameCount() int {
	n := 0
	for _, s := range v.rec.Same {
		if from, to, ok := catalog.Range(s); ok {
			n += int(to - from + 1)
		} else {
			n++
		}
	}
	return n
}

// compact writes runs of numbers as ranges.
func compact(names []string) []string {
	var numbers []int64
	var out []string
	for _, s := range names {
		if from, to, ok := catalog.Range(s); ok && from == to {
			numbers = append(numbers, from)
		} else {
			out = append(out, s)
		}
	}
	slices.Sort(numbers)
	numbers = slices.Compact(numbers)
	for i := 0; i < len(numbers); {
		j := i
		for j+1 < len(numbers) && numbers[j+1] == numbers[j]+1 {
			j++
		}
		s := strconv.FormatInt(numbers[i], 10)
		if j > i {
			s += "-" + strconv.FormatInt(numbers[j], 10)
		}
		out = append(out, s)
		i = j + 1
	}
	slices.Sort(out)
	return slices.Compact(out)
}

const longestWhy = 500

// clipped keeps of an error what a record should hold.
func clipped(s string) string {
	if len(s) <= longestWhy {
		return s
	}
	n := longestWhy
	for n > 0 && s[n]&0xC0 == 0x80 {
		n--
	}
	return s[:n] + "…"
}
