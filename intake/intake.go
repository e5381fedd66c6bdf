// Package intake is the doors: it turns what a person names into bytes and what those
// bytes claim to be. It reads input files and nothing else; no net, clock or randomness.
//
// # Arrivals and parts
//
// [Arrivals] gives what was named: a file, every file below a folder (sorted; an export
// of Telegram before its neighbours), or standard input. What arrives is a report, a
// container (an export, an archive, a mailbox, a WARC, ARC or WACZ file) or, within a
// folder, an attachment (styles, scripts, fonts). [Parts] gives what lies inside of what
// [Item.Opens], and reads it from a reader, so that a caller may keep the container first
// and take it apart afterwards. What a container is, its bytes say, not its name; a name
// counts only where bytes cannot tell.
//
// An error is about the item that comes with it, and the walk goes on. It wraps a
// sentinel of package evidence, or [ErrSkipped] where something was left aside that is
// no report and no failure.
//
// # Folders
//
// Nothing outside the folder is followed: it is opened as an os.Root, links that lead out
// of it are refused, links to folders within it are skipped (what they lead to arrives by
// itself). Sockets, pipes and devices, and the leavings of desktops (.DS_Store, Thumbs.db,
// ._names …), are skipped and named. A file that a Telegram export in the same folder
// refers to arrives as an attachment of its message, not once more by itself. To know
// these, Arrivals reads the export, but only after it was yielded and the caller went on.
//
// # Telegram
//
// Telegram Desktop, "Export chat history" as JSON: result.json of one chat, or of an
// account ("chats" and "left_chats", each with a "list"). The message's own bytes, from
// "{" to "}", are the part's Data. Claims:
//
//	Outlet     the chat's name, if it is a channel or a group; never a person's
//	Address    https://t.me/USERNAME/ID where the export gives a username (it rarely does)
//	Published  date_unixtime as RFC 3339 in UTC; else date as it stands: local, without zone
//	Edited     edited_unixtime or edited, likewise
//	Forwarded  forwarded_from; "a person" where forwarded_from_id says so
//	ReplyTo    "message 15 of chat 123": the form of Within
//
// Senders' names are not taken into claims. Service messages (somebody joined, something
// was pinned) are no reports: they are counted, and named once per chat with ErrSkipped.
// photo, file, thumbnail and contact_vcard are attachments of their message where the file
// lies beside the export; where it does not, that is a problem of the message. Where the
// JSON is broken, the place is named, and reading goes on at the next bytes that look like
// the beginning of a message ({"id": N, "type": ); if other chats may have begun in
// between, the messages up to the next whole chat have no Outlet, and say why.
//
// # WARC and ARC
//
// Records of type response and resource are parts; their Data is the block as it stands
// (of a response: application/http, header and body, still chunked and compressed).
// Reports are those with status 200 to 299 whose media type is a document's: HTML, plain
// text, PDF and the office formats. Images, styles, scripts, data and robots.txt are
// attachments; so are redirects and errors, which name their status as a problem. A
// revisit is an attachment of the part that it repeats, if that came before it in the file
// (by WARC-Refers-To, else by URI and date, else by payload digest); if not, it says what
// is missing. Claims: Address is the target URI, Modified the WARC-Date (when the other
// observer took it; no later than that was it published), Charset from the HTTP header.
//
// Not taken out, since they speak of the crawl and may hold its cookies, are request,
// warcinfo, metadata, conversion, DNS and the records of wget about itself: they lie in
// the container. Records cut into segments are named. So is everything damaged, with its
// offset; what is whole is given.
//
// # Archives
//
// zip, tar, 7z, and gzip, bzip2, xz and zstd of one file or of a tar file: see package
// unpacking for what is read, refused and said. A RAR file is kept and not opened. What is
// found inside is sniffed like a file of a folder; containers are opened in their turn,
// within the same call: a nested container is a part, and its parts have it as Parent. How
// deep, how many and how much in all, Limits bound; what is beyond is named (ErrLimit).
// Within is "member N", with the stored name where it is another than Name.
//
//   - A Telegram export comes first, with its messages and their media, wherever these
//     stand in the archive. Media that no message refers to arrive by themselves.
//   - Where an archive holds web pages, pictures, sound and films are attachments, and what
//     lies in "a page_files" is an attachment of "a page.html".
//   - docx, odt, xlsx, epub, apk, jar are documents: one report, not opened.
//   - Somebody's case is refused whole, as in a folder.
//   - What cannot be read to its end is given as far as it goes, with a problem ("not
//     whole: …"); what a password locks, and what has no bytes, is named.
//
// Archives are read out of order: what cannot be read in place passes through a temporary
// file, encrypted if there is a Limits.SpoolKey.
//
// # Mail
//
// A mailbox (mbox) is a container of messages. A message (message/rfc822, EML) is a report,
// and opens: what is attached to it lies beside it. Attached documents and text are
// reports, attached messages and archives are opened in their turn, all else is an
// attachment. Addresses of people are not taken into claims. A saved page (MHTML) has the
// form of a message, and is one report.
//
// # WACZ
//
// Every resource is held against datapackage.json, that against its digest, and the
// signature is checked: see package wacz. datapackage.json and its digest are attachments
// that carry what was found as problems; [Item.Signed] has it in full. What does not match
// is named (ErrTampered), stands as a problem with every part of that WARC file, and is
// taken all the same. Of HTML, only listed pages are reports, with the title that the list
// gives, and where one leads by redirects; without a list, all are. urn:view:, urn:text: and
// the like, followed by a URL, are attachments of the page. A listed page without a record
// is named.
package intake

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"iter"

	"svidok/evidence"
	"svidok/wacz"
)

// ErrSkipped: the thing was left aside by rule. Nothing failed; tell it as a note.
var ErrSkipped = errors.New("skipped")

// The doors.
const (
	DoorFile     = "file"
	DoorStdin    = "stdin"
	DoorTelegram = "telegram"
	DoorWARC     = "warc"
	DoorArchive  = "archive" // a member of a zip, tar or 7z file, or what one stream was compressed from
	DoorMail     = "mail"    // a message of a mailbox, or what is attached to one
)

// The media types that this package gives a meaning of its own.
const (
	TypeTelegramExport  = "application/vnd.telegram.export+json"
	TypeTelegramMessage = "application/vnd.telegram.message+json"
	TypeWARC            = "application/warc"
	TypeARC             = "application/x-internet-archive"
	TypeHTTPResponse    = "application/http; msgtype=response"
	TypeWACZ            = "application/wacz"
	TypeZip             = "application/zip"
	TypeTar             = "application/x-tar"
	TypeGzip            = "application/gzip" // of one file, or of a tar file; so the next three
	TypeBzip2           = "application/x-bzip2"
	TypeXz              = "application/x-xz"
	TypeZstd            = "application/zstd"
	Type7z              = "application/x-7z-compressed"
	TypeRAR             = "application/vnd.rar" // kept, not opened
	TypeMbox            = "application/mbox"
	TypeMessage         = "message/rfc822"
)

// Item is one thing that arrived, or one part of it.
type Item struct {
	Input     string // as the caller named it
	Door      string // DoorFile, DoorStdin, DoorTelegram, DoorWARC
	Name      string // relative to what was named, with slashes; "" for a part that has none
	MediaType string // from the door, or sniffed; a claim
	Part      evidence.Part
	// Opens: [Parts] has more to give of it. So it is with every container, and with a
	// message, which is a report and may have attachments. False of the parts that Parts
	// gives: it has opened them already.
	Opens    bool
	Within   string // of a part: where in its container
	Claims   evidence.Claims
	Problems []string
	Size     int64
	// Data are the bytes, if they are at most 1 MiB; else Open gives them, any number of
	// times.
	Data []byte
	Open func() (io.ReadCloser, error)
	// Parent is the index, among the parts yielded without error before, of the one that
	// this part lies beside; -1: it belongs to the container itself, or is no part.
	Parent int
	// Signed, of the digest of a WACZ file: what its signature is worth.
	Signed *wacz.Signed

	place place // where the file lies, so that what lies beside it is found
}

// Reader gives the bytes, wherever they are.
func (it Item) Reader() (io.ReadCloser, error) {
	if it.Open != nil {
		return it.Open()
	}
	return &inMemory{bytes.NewReader(it.Data)}, nil
}

// Limits bound what is taken. Zero values stand for the defaults.
type Limits struct {
	File    int64 // bytes of one file, or of standard input; default 64 GiB
	Depth   int   // folders within folders; default 64
	Count   int   // files of one call, and parts of one container; default 20 million
	Message int64 // bytes of one message of an export; default 4 MiB
	Record  int64 // bytes of one WARC record; default 1 GiB
	Ratio   int64 // expansion of what is compressed, see warc.Limits; default 300
	Nested  int   // containers within containers; default 5
	Total   int64 // bytes that come out of one container, nested ones and all; default 256 GiB
	// SpoolKey, if given, encrypts the temporary files that what is larger than 1 MiB and
	// cannot be read in place passes through: any number of random bytes, for one process.
	SpoolKey []byte
}

func (l Limits) withDefaults() Limits {
	set := func(p *int64, v int64) {
		if *p <= 0 {
			*p = v
		}
	}
	set(&l.File, 64<<30)
	set(&l.Message, 4<<20)
	set(&l.Record, 1<<30)
	set(&l.Ratio, 300)
	set(&l.Total, 256<<30)
	if l.Nested <= 0 {
		l.Nested = 5
	}
	if l.Depth <= 0 {
		l.Depth = 64
	}
	if l.Count <= 0 {
		l.Count = 20_000_000
	}
	return l
}

// small is up to which size bytes travel in memory.
const small = 1 << 20

// Options are how a container is taken apart.
type Options struct {
	Limits
	Trust wacz.Trust // for the signatures of WACZ files
}

// Parts gives what lies inside a container, whose bytes r reads. The container is an Item
// as Arrivals gave it; only MediaType matters for one that was kept before, but then what
// lay beside it is not found again. An item that is no container is ErrUsage.
//
// Archives are read out of order: r is read in place if it is an io.ReaderAt with a Size
// (as of [io.SectionReader]) or an *os.File, and else passes through a temporary file.
func Parts(ctx context.Context, container Item, r io.Reader, lim Limits) iter.Seq2[Item, error] {
	return PartsWith(ctx, container, r, Options{Limits: lim})
}

// PartsWith is Parts, with more to say.
func PartsWith(ctx context.Context, container Item, r io.Reader, o Options) iter.Seq2[Item, error] {
	lim := o.Limits.withDefaults()
	return func(yield func(Item, error) bool) {
		p := &parts{ctx: ctx, container: container, lim: lim, trust: o.Trust, yield: yield, parent: -1, left: lim.Total}
		p.open(r)
	}
}

// Reports gives, without a case, what a person would want read: Arrivals, with each
// container replaced by its parts. A part without a name has its container's.
func Reports(ctx context.Context, inputs []string, stdin io.Reader, lim Limits) iter.Seq2[Item, error] {
	return func(yield func(Item, error) bool) {
		for it, err := range Arrivals(ctx, inputs, stdin, lim) {
			if err != nil || it.Part != evidence.PartContainer {
				if !yield(it, err) {
					return
				}
			}
			if err != nil || !it.Opens {
				continue
			}
			r, err := it.Reader()
			if err != nil {
				if !yield(it, fmt.Errorf("open %q: %w", it.Name, err)) {
					return
				}
				continue
			}
			for part, err := range Parts(ctx, it, r, lim) {
				if err == nil && part.Part == evidence.PartContainer {
					continue // its parts come
				}
				if part.Name == "" {
					part.Name = it.Name
				}
				if !yield(part, err) {
					_ = r.Close() // opened for reading
					return
				}
			}
			_ = r.Close()
		}
	}
}

// parts yields the parts of one container, and of those within it, and counts them.
type parts struct {
	ctx   context.Context
	lim   Limits
	trust wacz.Trust
	yield func(Item, error) bool
	n     int   // yielded without error
	left  int64 // bytes that may still come out
	stop  bool  // the caller wants no more

	// Of the container that is open at the moment:
	container Item
	parent    int     // its index, or -1 for the one that was named
	depth     int     // how many are around it
	beside    *nearby // what lies beside it in the archive that it is in, or nil
}

// give yields a part; false: stop.
func (p *parts) give(it Item) bool {
	if p.stop {
		return false
	}
	if p.n >= p.lim.Count {
		p.last(it.Within, fmt.Errorf("%q holds more than %d parts: the rest is not taken: %w", p.container.Name, p.lim.Count, evidence.ErrLimit))
		return false
	}
	if it.Parent < 0 {
		it.Parent = p.parent
	}
	p.n++
	p.stop = !p.yield(it, nil)
	return !p.stop
}

// fail names something that is not given; false: stop. After the context has ended,
// nothing goes on.
func (p *parts) fail(within string, err error) bool {
	p.stop = p.stop || !p.yield(p.blank(within), err) || p.ctx.Err() != nil
	return !p.stop
}

// last names why nothing more is given at all.
func (p *parts) last(within string, err error) {
	p.fail(within, err)
	p.stop = true
}

func (p *parts) blank(within string) Item {
	return Item{Input: p.container.Input, Name: p.container.Name, Within: within, Parent: p.parent}
}

type contextReader struct {
	ctx context.Context
	r   io.Reader
}

func (c *contextReader) Read(p []byte) (int, error) {
	if err := c.ctx.Err(); err != nil {
		return 0, err
	}
	return c.r.Read(p)
}
