package collector

import (
	"context"
	"fmt"
	"strings"

	"svidok/archive"
	"svidok/evidence"
	"svidok/fetching"
	"svidok/intake"
)

// The doors through which the collector brings bytes.
const (
	doorWeb      = "web"
	doorFeed     = "feed"
	doorTelegram = "telegram-preview"
)

const (
	typeRequest  = "application/http; msgtype=request"
	typeResponse = intake.TypeHTTPResponse
)

// parcel gathers what is noted together: captures, and the takings and objects about them.
type parcel struct {
	items   []intake.Item
	objects []archive.NotedObject
	takings []evidence.Taking // Capture is set when it is known
	of      []int             // by taking: index of its item
	beside  evidence.Hash
	bytes   int64
}

const (
	parcelItems = 256
	parcelBytes = 16 << 20
)

func (p *parcel) full() bool { return len(p.items) >= parcelItems || p.bytes >= parcelBytes }

// add puts an item in and returns its index.
func (p *parcel) add(it intake.Item) int {
	it.Size = int64(len(it.Data))
	p.items = append(p.items, it)
	p.bytes += it.Size
	return len(p.items) - 1
}

// exchanges puts in the answer that matters as an item, and beside it the requests and
// the redirects that led there. It returns the index of the answer.
func (p *parcel) exchanges(r fetching.Result, part evidence.Part, door string, parent int, claims evidence.Claims) int {
	last := r.Exchanges[len(r.Exchanges)-1]
	claims.Address, claims.Charset = last.URL, r.Charset
	if m := last.Header.Get("Last-Modified"); m != "" && claims.Modified == "" {
		claims.Modified = m
	}
	main := p.add(intake.Item{Door: door, MediaType: typeResponse, Part: part, Claims: claims, Data: last.Response, Problems: last.Problems, Parent: parent})
	for i, x := range r.Exchanges {
		name := "request"
		if i < len(r.Exchanges)-1 {
			name = fmt.Sprintf("redirect %d", i+1)
			p.add(intake.Item{Door: door, MediaType: typeResponse, Part: evidence.PartAttachment, Within: name, Claims: evidence.Claims{Address: x.URL}, Data: x.Response, Problems: x.Problems, Parent: main})
			name = "request of " + name
		}
		p.add(intake.Item{Door: door, MediaType: typeRequest, Part: evidence.PartAttachment, Within: name, Claims: evidence.Claims{Address: x.URL}, Data: x.Request, Parent: main})
	}
	return main
}

// taking puts in how an item was taken.
func (p *parcel) taking(c *Collector, index int, t evidence.Taking, remote string) error {
	private, object, err := c.private(remote)
	if err != nil {
		return err
	}
	t.V, t.Kind, t.Private, t.Tool = 1, evidence.KindTaking, private, c.o.Tool
	p.objects = append(p.objects, object)
	p.takings = append(p.takings, t)
	p.of = append(p.of, index)
	return nil
}

// keep makes a parcel durable.
func (c *Collector) keep(ctx context.Context, p *parcel) (archive.Done, error) {
	if len(p.items) == 0 {
		return archive.Done{}, nil
	}
	n := archive.Noting{By: c.o.By, Items: p.items, Objects: p.objects, Beside: p.beside}
	if len(p.takings) > 0 {
		n.Records = func(f archive.Facts) ([]any, error) {
			out := make([]any, len(p.takings))
			for i, t := range p.takings {
				t.Capture, t.At, t.By = f.Captures[p.of[i]], f.At, f.By
				out[i] = t
			}
			return out, nil
		}
	}
	done, err := c.o.Archive.Note(ctx, n)
	if err != nil {
		return done, ours{err}
	}
	return done, nil
}

// told tells of the items of a parcel that are things of their own.
func (c *Collector) told(source evidence.Source, p *parcel, done archive.Done) {
	for i, t := range p.takings {
		r := done.Receipts[p.of[i]]
		r.Input = t.Address
		c.say(Status{Source: source, Item: t.Address, Receipt: &r, Hollow: t.Hollow})
	}
}

// exchanged fills in how an answer came.
func exchanged(t *evidence.Taking, r fetching.Result) (remote string) {
	first, last := r.Exchanges[0], r.Exchanges[len(r.Exchanges)-1]
	t.Started, t.Ended, t.Status = evidence.Instant(first.Started), evidence.Instant(last.Ended), last.Status
	if last.URL != t.Address {
		t.Final = last.URL
	}
	if last.TLS != nil {
		t.TLS = last.TLS.Leaf.String()
	}
	return last.Remote
}

// isHTML reports whether a media type is a page's.
func isHTML(mediaType string) bool {
	m := strings.ToLower(mediaType)
	return strings.HasPrefix(m, "text/html") || strings.HasPrefix(m, "application/xhtml")
}
