package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"svidok/archive"
	"svidok/catalog"
	"svidok/evidence"
	"svidok/intake"
	"svidok/wacz"
)

func exportCommand() command {
	flags := func(f *flagSet) {
		f.StringP("output", "o", "", "")
		f.Int64Slice("report", nil, "")
		f.String("title", "", "")
		f.String("as", "", "")
	}
	return command{name: "export", flags: flags, least: 1, most: 1, run: func(ctx context.Context, c *call) error {
		file := c.value("output")
		if file == "" || !strings.HasSuffix(file, ".wacz") && !strings.HasSuffix(file, ".warc.gz") {
			return usage(c.say, exportCommand(), c.say.s("export-output"))
		}
		if err := c.unused(file); err != nil { // before anything is read
			return err
		}
		return c.withCase(ctx, c.args[0], func(a *archive.Archive) error { return c.export(ctx, a, file) })
	}}
}

// export writes what was taken from the web as others' tools read it, and notes that it left.
func (c *call) export(ctx context.Context, a *archive.Archive, file string) error {
	by, err := c.signIn(ctx, a)
	if err != nil {
		return err
	}
	ids, _ := c.flags.GetInt64Slice("report")
	named := len(ids) > 0
	if !named {
		if ids, err = a.Catalog().Collected(ctx); err != nil {
			return err
		}
	}
	m := wacz.Material{Title: c.value("title"), Software: version, Created: time.Now().UTC()}
	var about []evidence.Hash
	left := 0
	for _, id := range ids {
		d, err := a.Catalog().Report(ctx, id)
		if err != nil {
			return err
		}
		if addWeb(ctx, a, &m, d) {
			about = append(about, d.Capture)
		} else {
			left++
			if named {
				c.words("export-no-web", id)
			}
		}
	}
	if len(m.Records) == 0 {
		return evidence.WithHint(fmt.Errorf("%s: %w", c.say.s("export-nothing"), evidence.ErrNotFound), "%s", c.say.s("export-nothing-hint"))
	}
	write := wacz.Write
	if strings.HasSuffix(file, ".warc.gz") {
		write = wacz.WriteWARC
	}
	if err := c.wholeFile(file, func(w io.Writer) error { _, err := write(w, m); return err }); err != nil {
		return err
	}
	err = a.Keeping().Happened(ctx, by, archive.Happening{Act: evidence.CustodyExported, About: about, Counts: []evidence.Count{{Name: "records", N: int64(len(m.Records))}}})
	c.words("export-read")
	if left > 0 && !named {
		c.words("export-listed", left)
	} else if left > 0 {
		err = errors.Join(err, fmt.Errorf("%d of %d reports: %w", left, len(ids), evidence.ErrPartial))
	}
	row := struct {
		File    string `json:"file"`
		Reports int    `json:"reports"`
		Records int    `json:"records"`
	}{file, len(about), len(m.Records)}
	return errors.Join(err, c.rows().put(row, "%s", c.say.f("exported", file, len(about), len(m.Records))))
}

// addWeb adds the first capture of a report that came over the web, with what lies beside it.
func addWeb(ctx context.Context, a *archive.Archive, m *wacz.Material, d catalog.Detail) bool {
	main := d.Taken[0]
	if main.MediaType != intake.TypeHTTPResponse || main.Claims.Address == "" {
		return false
	}
	add := func(kind, uri string, x catalog.Capture, with int) int {
		m.Records = append(m.Records, wacz.Record{Type: kind, URI: uri, At: x.Received, ContentType: typeOf(kind, x.MediaType), Size: x.Size, With: with,
			Open: func() (io.ReadCloser, error) { r, _, err := a.Object(ctx, x.Payload); return r, err }})
		return len(m.Records)
	}
	number := add(wacz.Response, main.Claims.Address, main, 0)
	m.Pages = append(m.Pages, wacz.PageEntry{URL: main.Claims.Address, At: main.Received, Title: d.Title})
	for _, x := range d.Beside {
		switch address := x.Claims.Address; {
		case x.Within == "request":
			add(wacz.Request, main.Claims.Address, x, number)
		case x.Within == "screenshot":
			add(wacz.Snapshot, "urn:view:"+main.Claims.Address, x, 0)
		case x.Within == "print":
			add(wacz.Snapshot, "urn:pdf:"+main.Claims.Address, x, 0)
		case x.MediaType == intake.TypeHTTPResponse && address != "":
			add(wacz.Response, address, x, 0)
		}
	}
	return true
}

func typeOf(kind, mediaType string) string {
	if kind == wacz.Snapshot {
		return mediaType
	}
	return ""
}
