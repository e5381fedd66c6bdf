package intake

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"os"
	"path"
	"path/filepath"
	"strings"
	"time"

	"svidok/evidence"
)

// Arrivals gives what was named: files, folders, and "-" for stdin. The paths are used as
// given and appear nowhere but in Item.Input.
func Arrivals(ctx context.Context, inputs []string, stdin io.Reader, lim Limits) iter.Seq2[Item, error] {
	lim = lim.withDefaults()
	return func(yield func(Item, error) bool) {
		w := &walk{ctx: ctx, lim: lim, yield: yield}
		for _, in := range inputs {
			if !w.input(in, stdin) {
				return
			}
		}
	}
}

type walk struct {
	ctx   context.Context
	lim   Limits
	yield func(Item, error) bool
	n     int

	in   string
	dir  string // the folder that was named
	root *os.Root
	seen map[string]bool // files that a Telegram export refers to, or that were given already
}

// place is a file's: in which named folder, and where there.
type place struct {
	dir, name string
}

func (w *walk) fail(name string, err error) bool {
	return w.yield(Item{Input: w.in, Door: DoorFile, Name: name, Parent: -1}, err) && w.ctx.Err() == nil
}

func (w *walk) give(it Item) bool {
	if w.n >= w.lim.Count {
		w.yield(Item{Input: w.in, Door: it.Door, Name: it.Name, Parent: -1},
			fmt.Errorf("more than %d files: the rest is not taken: %w", w.lim.Count, evidence.ErrLimit))
		return false
	}
	w.n++
	return w.yield(it, nil)
}

func (w *walk) input(in string, stdin io.Reader) bool {
	w.in = in
	if err := w.ctx.Err(); err != nil {
		w.yield(Item{Input: in, Parent: -1}, err)
		return false
	}
	if in == "-" {
		return w.stdin(stdin)
	}
	if scheme, _, ok := strings.Cut(strings.ToLower(in), "://"); ok && (scheme == "http" || scheme == "https" || scheme == "ftp") {
		return w.fail("", evidence.WithHint(fmt.Errorf("%s: no file or folder: %w", in, evidence.ErrUsage),
			"give an address that begins with http:// or https://, or save what is there to a file and give that"))
	}
	info, err := os.Stat(in)
	switch {
	case err != nil:
		return w.fail("", told(in, err))
	case info.IsDir():
		return w.folder(in)
	}
	dir, name := filepath.Split(filepath.Clean(in))
	if dir == "" {
		dir = "."
	}
	w.dir = dir
	f, err := openRegular(func() (*os.File, error) { return os.Open(in) }, info)
	if errors.Is(err, ErrSkipped) { // named by a person: to pass over it in silence would look as if it were kept
		return w.fail(name, evidence.WithHint(fmt.Errorf("%s: it is %s, no file: %w", in, kindOf(info.Mode()), evidence.ErrUsage),
			"name a file or a folder, or give it on standard input as -"))
	}
	if err != nil {
		return w.fail(name, told(in, err))
	}
	reopen := func() (io.ReadCloser, error) { return os.Open(in) }
	it, err := w.item(f, name, place{dir, name}, true, reopen)
	if err != nil {
		return w.fail(name, told(in, err))
	}
	return w.give(it)
}

// told puts the sentinel and a hint to an error of the system.
func told(name string, err error) error {
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("%s: there is no such file or folder: %w", name, evidence.ErrNotFound)
	case errors.Is(err, fs.ErrPermission):
		return evidence.WithHint(fmt.Errorf("%s: may not be read: %w: %w", name, evidence.ErrRefused, err), "give yourself the right to read it, or copy it first")
	}
	return fmt.Errorf("%s: %w", name, err)
}

func openRegular(open func() (*os.File, error), info fs.FileInfo) (*os.File, error) {
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("it is %s, no file: %w", kindOf(info.Mode()), ErrSkipped)
	}
	return open()
}

func kindOf(m fs.FileMode) string {
	switch {
	case m&fs.ModeSymlink != 0:
		return "a link"
	case m&fs.ModeNamedPipe != 0:
		return "a pipe"
	case m&fs.ModeSocket != 0:
		return "a socket"
	case m&fs.ModeDevice != 0:
		return "a device"
	case m.IsDir():
		return "a folder"
	}
	return "special"
}

func (w *walk) stdin(r io.Reader) bool {
	if r == nil {
		return w.fail("", fmt.Errorf("\"-\": there is no standard input: %w", evidence.ErrUsage))
	}
	data, open, size, err := w.lim.spool(&contextReader{w.ctx, r}, 0, w.lim.File)
	if err == nil && size == 0 {
		err = errEmpty()
	}
	if err != nil {
		return w.fail("", fmt.Errorf("standard input: %w", err))
	}
	it := Item{Input: w.in, Door: DoorStdin, Size: size, Data: data, Open: open, Parent: -1}
	head := data
	if open != nil {
		if head, err = headOf(open); err != nil {
			return w.fail("", fmt.Errorf("standard input: %w", err))
		}
	}
	it.MediaType = sniff("", head[:min(len(head), sniffLen)])
	it.Part, it.Opens = partOf(it.MediaType, true), opens(it.MediaType)
	return w.give(it)
}

func errEmpty() error { return fmt.Errorf("it is empty: %w", evidence.ErrFormat) }

func headOf(open func() (io.ReadCloser, error)) ([]byte, error) {
	f, err := open()
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return readHead(f)
}

func readHead(r io.Reader) ([]byte, error) {
	b := make([]byte, sniffLen)
	n, err := io.ReadFull(r, b)
	if err == io.EOF || err == io.ErrUnexpectedEOF {
		err = nil
	}
	return b[:n], err
}

// item describes an open file, and closes it.
func (w *walk) item(f *os.File, name string, at place, named bool, reopen func() (io.ReadCloser, error)) (Item, error) {
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return Item{}, err
	}
	it := Item{Input: w.in, Door: DoorFile, Name: filepath.ToSlash(name), Size: info.Size(), Parent: -1, place: at}
	switch {
	case it.Size == 0:
		return it, errEmpty()
	case it.Size > w.lim.File:
		return it, fmt.Errorf("%d bytes, more than %d: %w", it.Size, w.lim.File, evidence.ErrLimit)
	}
	it.Claims.Modified = info.ModTime().UTC().Format(time.RFC3339)
	var head []byte
	if it.Size <= small {
		if it.Data, err = io.ReadAll(io.LimitReader(f, small+1)); err == nil && len(it.Data) == 0 {
			err = errEmpty()
		}
		it.Size, head = int64(len(it.Data)), it.Data[:min(len(it.Data), sniffLen)]
		if it.Size > small { // it grew meanwhile: what was read is not all
			it.Data, it.Open = nil, reopen
		}
	} else {
		it.Open = reopen
		head, err = readHead(f)
	}
	if err != nil {
		return it, err
	}
	it.MediaType = sniff(name, head)
	it.Part, it.Opens = partOf(it.MediaType, named), opens(it.MediaType)
	return it, nil
}

func (w *walk) folder(in string) bool {
	root, err := os.OpenRoot(in)
	if err != nil {
		return w.fail("", told(in, err))
	}
	defer root.Close()
	w.dir, w.root, w.seen = in, root, map[string]bool{}
	return w.below(".", 0)
}

// below walks one folder: exports first, so that what they refer to is known.
func (w *walk) below(dir string, depth int) bool {
	if depth > w.lim.Depth {
		return w.fail(dir, fmt.Errorf("%s: folders within folders, more than %d: %w", dir, w.lim.Depth, evidence.ErrLimit))
	}
	entries, err := fs.ReadDir(w.root.FS(), dir)
	if err != nil && !w.fail(dir, told(dir, err)) {
		return false
	}
	if w.isCase(dir) {
		return w.fail(dir, evidence.WithHint(fmt.Errorf("%s: a case, whose key and accounts are not to become reports: %w", dir, evidence.ErrRefused),
			"keep reports and cases in folders apart; of another case, add the files in its vault folder"))
	}
	for _, e := range entries {
		if name := path.Join(dir, e.Name()); strings.EqualFold(path.Ext(name), ".json") && e.Type().IsRegular() && !isLeaving(e.Name()) {
			if !w.export(name) {
				return false
			}
		}
	}
	for _, e := range entries {
		if !w.entry(path.Join(dir, e.Name()), e, depth) {
			return false
		}
	}
	return true
}

// isCase: the folder holds the format marker of a case and a key. It may be the very case
// that is being added to, where somebody names the folder around it.
func (w *walk) isCase(dir string) bool {
	f, err := w.root.Open(path.Join(dir, "svidok"))
	if err != nil {
		return false
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil || !info.Mode().IsRegular() {
		return false
	}
	head, err := readHead(f)
	return err == nil && strings.HasPrefix(string(head), "svidok case ")
}

// export yields the file if it is a Telegram export, and learns what it refers to.
func (w *walk) export(name string) bool {
	open := func() (io.ReadCloser, error) { return reopen(w.dir, name) }
	head, err := headOf(open)
	if err != nil || sniff(name, head) != TypeTelegramExport {
		return true // its turn comes among the others
	}
	w.seen[name] = true
	if !w.file(name) {
		return false
	}
	f, err := w.root.Open(name)
	if err != nil {
		return w.fail(name, told(name, err))
	}
	defer f.Close()
	for media := range mediaOf(&contextReader{w.ctx, f}, w.lim) {
		w.seen[path.Join(path.Dir(name), media)] = true
	}
	return w.ctx.Err() == nil
}

func (w *walk) entry(name string, e fs.DirEntry, depth int) bool {
	if w.seen[name] {
		return true
	}
	if err := w.ctx.Err(); err != nil {
		w.yield(Item{Input: w.in, Name: name, Parent: -1}, err)
		return false
	}
	if isLeaving(e.Name()) {
		return w.fail(name, fmt.Errorf("%s: left behind by a desktop, says nothing: %w", name, ErrSkipped))
	}
	if e.IsDir() {
		return w.below(name, depth+1)
	}
	return w.file(name)
}

// file yields one file below the root.
func (w *walk) file(name string) bool {
	info, err := w.root.Lstat(name)
	if err == nil && info.Mode()&fs.ModeSymlink != 0 {
		if info, err = w.root.Stat(name); err != nil {
			if errors.Is(err, fs.ErrNotExist) {
				return w.fail(name, fmt.Errorf("%s: a link to nothing: %w", name, evidence.ErrNotFound))
			}
			return w.fail(name, fmt.Errorf("%s: a link that leads out of the folder: %w", name, evidence.ErrRefused))
		}
		if info.IsDir() {
			return w.fail(name, fmt.Errorf("%s: a link to a folder, whose files arrive by themselves: %w", name, ErrSkipped))
		}
	}
	var f *os.File
	if err == nil {
		f, err = openRegular(func() (*os.File, error) { return w.root.Open(name) }, info)
	}
	if err != nil {
		return w.fail(name, told(name, err))
	}
	dir := w.dir
	it, err := w.item(f, name, place{dir, name}, false, func() (io.ReadCloser, error) { return reopen(dir, name) })
	if err != nil {
		return w.fail(name, told(name, err))
	}
	return w.give(it)
}

// reopen opens a file below a folder, never outside of it. The folder is opened anew, so
// that an item outlives the walk.
func reopen(dir, name string) (io.ReadCloser, error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, err
	}
	defer root.Close()
	return root.Open(filepath.FromSlash(name))
}

// isLeaving: what desktops leave in folders.
func isLeaving(name string) bool {
	switch strings.ToLower(name) {
	case ".ds_store", "thumbs.db", "ehthumbs.db", "desktop.ini", "__macosx", ".spotlight-v100", ".trashes",
		".fseventsd", ".directory", "$recycle.bin", "system volume information":
		return true
	}
	return strings.HasPrefix(name, "._") || strings.HasPrefix(name, ".~lock.") || strings.HasPrefix(name, "~$")
}

// nearby is the folder or the archive that an export lies in; its zero value knows none.
type nearby struct {
	root   *os.Root
	at     place
	member func(kind, name string) (Item, string) // in an archive
}

func (p place) open() *nearby {
	if p.dir == "" {
		return &nearby{}
	}
	root, err := os.OpenRoot(p.dir)
	if err == nil {
		if sub := path.Dir(filepath.ToSlash(p.name)); sub != "." {
			outer := root
			root, err = outer.OpenRoot(sub)
			_ = outer.Close()
		}
	}
	if err != nil {
		return &nearby{}
	}
	return &nearby{root: root, at: p}
}

func (n *nearby) close() {
	if n.root != nil {
		_ = n.root.Close()
	}
}

// media returns the attachment that an export names, or what is wrong with it.
func (n *nearby) media(container Item, kind, name string, lim Limits) (Item, string) {
	if !isMediaPath(name) {
		return Item{}, kind + " is not in the export: " + name
	}
	if !isInside(name) {
		return Item{}, fmt.Sprintf("%s %q leads out of the folder: not taken", kind, name)
	}
	if n.member != nil {
		return n.member(kind, name)
	}
	if n.root == nil {
		return Item{}, fmt.Sprintf("%s %q: what lies beside the export is not at hand", kind, name)
	}
	info, err := n.root.Stat(name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return Item{}, fmt.Sprintf("%s %q is missing beside the export", kind, name)
	case err != nil:
		return Item{}, fmt.Sprintf("%s %q leads out of the folder or may not be read: not taken", kind, name)
	case !info.Mode().IsRegular():
		return Item{}, fmt.Sprintf("%s %q is %s, no file", kind, name, kindOf(info.Mode()))
	case info.Size() == 0:
		return Item{}, fmt.Sprintf("%s %q is empty", kind, name)
	case info.Size() > lim.File:
		return Item{}, fmt.Sprintf("%s %q has %d bytes, more than %d: not taken", kind, name, info.Size(), lim.File)
	}
	at := n.at
	inside := path.Join(path.Dir(filepath.ToSlash(at.name)), name)
	it := Item{Input: container.Input, Door: DoorTelegram, Name: inside, Part: evidence.PartAttachment, Size: info.Size(),
		Open: func() (io.ReadCloser, error) { return beside(at, name) }}
	it.Claims.Modified = info.ModTime().UTC().Format(time.RFC3339)
	f, err := n.root.Open(name)
	if err != nil {
		return Item{}, fmt.Sprintf("%s %q may not be read", kind, name)
	}
	defer f.Close()
	if it.Size <= small {
		var b bytes.Buffer
		if _, err = b.ReadFrom(io.LimitReader(f, small+1)); err == nil && b.Len() <= small {
			it.Data, it.Open, it.Size = b.Bytes(), nil, int64(b.Len())
		}
	}
	head := it.Data[:min(len(it.Data), sniffLen)]
	if it.Open != nil && err == nil {
		head, err = readHead(f)
	}
	if err != nil {
		return Item{}, fmt.Sprintf("%s %q may not be read", kind, name)
	}
	it.MediaType = sniff(name, head)
	return it, ""
}

// beside opens a file in the folder of an export, never outside of that.
func beside(at place, name string) (io.ReadCloser, error) {
	n := at.open()
	if n.root == nil {
		return nil, fmt.Errorf("open %q beside the export: the folder is gone: %w", name, evidence.ErrNotFound)
	}
	defer n.close()
	return n.root.Open(name)
}
