package archive

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"time"

	"svidok/catalog"
	"svidok/coding"
	"svidok/evidence"
	"svidok/reading"
	"svidok/vault"
)

const (
	coder     = "coding/2"
	workBatch = 1024
	workBytes = 32 << 20 // of raw bytes in one round of readings: their texts are held until they are kept
	pollEvery = time.Second
)

// Work reads, codes and compares what waits, and returns when nothing does. progress may
// be nil; it is called from one goroutine at a time. What waits is a question to the
// catalog, so that nothing is forgotten whatever was interrupted.
func (a *Archive) Work(ctx context.Context, progress func(Step)) error {
	if a.o.ReadOnly {
		return fmt.Errorf("work: the case is open for reading only: %w", evidence.ErrRefused)
	}
	select {
	case a.working <- struct{}{}:
	case <-ctx.Done():
		return ctx.Err()
	}
	defer func() { <-a.working }()
	if err := a.work(ctx, progress, nil); err != nil {
		return fmt.Errorf("work: %w", err)
	}
	return nil
}

// worker is one round of work.
type worker struct {
	a    *Archive
	ctx  context.Context
	tell func(Step)
	book *coding.Codebook
	yaml evidence.Hash
	told *changeLog // nil but for Recode
	done map[string]int
	left int
}

// work does a round. The caller holds working.
func (a *Archive) work(ctx context.Context, progress func(Step), told *changeLog) error {
	if progress == nil {
		progress = func(Step) {}
	}
	t, err := a.cat.Totals(ctx)
	if err != nil {
		return err
	}
	w := &worker{a: a, ctx: ctx, tell: progress, told: told, done: map[string]int{}, left: t.ToRead + t.ToCode + t.ToCompare}
	if w.left == 0 {
		return nil
	}
	list, err := a.cat.Codebooks(ctx)
	if err != nil {
		return err
	}
	if len(list) == 0 {
		return fmt.Errorf("no codebook is in force: %w", evidence.ErrNotFound)
	}
	w.yaml = list[0].YAML
	if _, err = a.get(ctx, w.yaml); err != nil { // perhaps another process put it in force
		return err
	}
	if w.book, err = a.kept(ctx, w.yaml); err != nil {
		return err
	}
	if err := w.rounds(w.unread); err != nil {
		return err
	}
	if err := w.rounds(w.uncoded); err != nil {
		return err
	}
	return w.compare()
}

// made is what came of one report or text.
type made struct {
	report  int64 // 0 for a text that was only coded
	text    int64
	capture evidence.Hash
	acts    []*act
	err     error // why nothing could be read
	refused []string
	step    string
}

// rounds fetches batch after batch and commits each while the next one is made.
func (w *worker) rounds(fetch func(after int64) ([]made, int64, error)) error {
	committed := make(chan error, 1)
	committed <- nil
	var after int64
	for {
		moves := w.a.moves.Load()
		list, last, err := fetch(after)
		if err = errors.Join(<-committed, err); err != nil {
			return err
		}
		if len(list) == 0 {
			return nil
		}
		after = last
		go func() { committed <- w.commit(list, moves) }()
	}
}

// commit notes a batch, after the copies among those before it. moves is how often other
// processes had written when the batch was fetched.
func (w *worker) commit(list []made, moves int64) error {
	if err := w.compare(); err != nil {
		return err
	}
	r := &request{}
	for i := range list {
		r.acts = append(r.acts, list[i].acts...)
	}
	r.check = func(ctx context.Context) error { return w.stillWaiting(ctx, r, list, moves) }
	if err := w.a.commit(w.ctx, r); err != nil {
		return err
	}
	for _, m := range list {
		w.told.add(m)
		s := Step{Step: m.step, Capture: m.capture, Status: "ok", Err: m.err}
		if m.err != nil {
			s.Status = "failed"
		}
		w.step(s)
		for _, why := range m.refused {
			w.tell(Step{Step: "code", Capture: m.capture, Status: "failed", Err: fmt.Errorf("%s: %w", why, evidence.ErrRefused), Done: w.done["code"], Waiting: w.left})
		}
	}
	return nil
}

func (w *worker) step(s Step) {
	w.done[s.Step]++
	w.left = max(0, w.left-1)
	s.Done, s.Waiting = w.done[s.Step], w.left
	w.tell(s)
}

// stillWaiting drops what another process did since the batch was fetched.
func (w *worker) stillWaiting(ctx context.Context, r *request, list []made, moves int64) error {
	if w.a.moves.Load() == moves {
		return nil
	}
	r.acts = nil
	for i := range list {
		m := &list[i]
		waits, err := w.a.cat.Waits(ctx, m.report, m.text)
		if err != nil {
			return err
		}
		if waits {
			r.acts = append(r.acts, m.acts...)
		}
	}
	return nil
}

// unread makes readings and codings of the next reports.
func (w *worker) unread(after int64) ([]made, int64, error) {
	waiting, err := w.a.cat.Unread(w.ctx, after, workBatch)
	if err != nil || len(waiting) == 0 {
		return nil, after, err
	}
	waiting = waiting[:atOnce(waiting)]
	at := w.a.now()
	read := make([]readText, len(waiting))
	if err := parallel(len(waiting), w.a.o.Workers, func(i int) error {
		if err := w.ctx.Err(); err != nil {
			return err
		}
		read[i] = w.a.read(w.ctx, waiting[i], at)
		return read[i].fatal
	}); err != nil {
		return nil, after, err
	}
	fresh, err := w.fresh(read)
	if err != nil {
		return nil, after, err
	}
	list := make([]made, len(waiting))
	err = parallel(len(waiting), w.a.o.Workers, func(i int) error {
		m := made{report: waiting[i].Report, capture: waiting[i].Ref, acts: []*act{read[i].act}, err: read[i].err, step: "read"}
		if fresh[i] {
			t := read[i].record
			x, refused := w.code(at, waiting[i].Ref, t.Text, read[i].text, coding.Input{Title: t.Title, Outlet: t.Outlet, Language: t.Language, Published: t.Published})
			m.acts, m.refused = append(m.acts, x), refused
		}
		list[i] = m
		return nil
	})
	return list, waiting[len(waiting)-1].Report, err
}

// atOnce is how many of the reports that wait are read in one round: at least one, and no
// more than workBytes together.
func atOnce(waiting []catalog.Unread) int {
	sum := int64(0)
	for i, u := range waiting {
		if sum += u.Size; sum > workBytes && i > 0 {
			return i
		}
	}
	return len(waiting)
}

// fresh says which texts are the first of their kind and must be coded. One that the
// catalog has already is coded there, or waits there.
func (w *worker) fresh(read []readText) ([]bool, error) {
	fresh, seen := make([]bool, len(read)), map[evidence.Hash]bool{}
	for i := range read {
		h := read[i].record.Text
		if h.IsZero() || seen[h] {
			continue
		}
		seen[h] = true
		fresh[i] = true
		if w.a.vault.Has(h) {
			known, err := w.a.cat.HasText(w.ctx, h)
			if err != nil {
				return nil, err
			}
			fresh[i] = !known
		}
	}
	return fresh, nil
}

// readText is one reading.
type readText struct {
	act    *act
	record evidence.Text
	text   string
	err    error // told, and noted in the record
	fatal  error // the vault failed: nothing is noted
}

// read makes a reading. What cannot be read makes a record, too: it says why, and the
// report does not wait for ever.
func (a *Archive) read(ctx context.Context, u catalog.Unread, at time.Time) readText {
	t := evidence.Text{V: 1, Kind: evidence.KindText, Capture: u.Ref, Payload: u.Payload, MediaType: u.MediaType, Language: "und", Reader: reading.Version, At: at}
	raw, err := a.get(ctx, u.Payload)
	if err != nil && !errors.Is(err, evidence.ErrLimit) {
		return readText{fatal: fmt.Errorf("report %d: %w", u.Report, err)}
	}
	var r reading.Result
	if err == nil {
		r, err = readSafely(raw, u.Capture)
	}
	if err == nil {
		r = a.recognise(ctx, raw, r)
	}
	if ctx.Err() != nil {
		return readText{fatal: ctx.Err()} // a picture that was left unread because of it would never be read
	}
	if err == nil && r.Text == "" {
		err = wordless(r)
	}
	t.Problems = append(validAll(r.Problems), validAll(r.Unread)...)
	t.Title, t.Author, t.Outlet, t.Published = valid(r.Title), valid(r.Author), valid(r.Outlet), validDate(r.Published)
	if r.MediaType != "" {
		t.MediaType = valid(r.MediaType)
	}
	out := readText{err: err}
	x := &act{kind: evidence.KindText, who: "m:" + reading.Version, at: at}
	switch {
	case err != nil && len(r.Unread) > 0: // what was not read stands there already
	case err != nil:
		t.Problems = append(t.Problems, valid(err.Error()))
	default:
		out.text = valid(r.Text)
		t.Text, t.Size, t.Language = evidence.Sum([]byte(out.text)), len(out.text), r.Language
		x.with = []vault.Object{{Type: "conversion", MediaType: mediaText, At: at, Data: []byte(out.text)}}
		keys := readingKeys(t.Title, out.text)
		x.keys = &keys
	}
	x.record, out.record, out.act = t, t, x
	return out
}

// wordless says why a file gave no words.
func wordless(r reading.Result) error {
	if len(r.Unread) > 0 {
		return errors.New(r.Unread[0]) // nothing is wrong with it: a film is kept, and not read
	}
	return fmt.Errorf("there are no words in it: %w", evidence.ErrFormat)
}

// recognise adds what a program recognises in pictures. Each stretch is a machine's guess,
// and the reading's problems say where it stands.
func (a *Archive) recognise(ctx context.Context, raw []byte, r reading.Result) reading.Result {
	if a.o.Recognise == nil || !reading.Pictured(r) {
		return r
	}
	pages, err := a.o.Recognise(ctx, raw, r)
	if err != nil {
		r.Problems = append(r.Problems, fmt.Sprintf("not recognised: %v", err))
	}
	if len(pages) == 0 {
		return r
	}
	r = reading.Join(r, pages)
	for _, s := range r.Recognised {
		r.Problems = append(r.Problems, fmt.Sprintf("bytes %d to %d were recognised by a machine in a picture (page %d, %s, its own confidence %.2f): compare with the picture", s.From, s.To, s.Page, s.Engine, s.Confidence))
	}
	return r
}

func validDate(d evidence.Date) evidence.Date {
	for _, s := range []*string{&d.From, &d.To, &d.Precision, &d.Source, &d.Raw} {
		*s = valid(*s)
	}
	return d
}

// readSafely takes a panic of a reader for what it is: bytes that it cannot read.
func readSafely(raw []byte, c evidence.Capture) (r reading.Result, err error) {
	defer func() {
		if p := recover(); p != nil {
			r, err = reading.Result{}, fmt.Errorf("the reader broke on it (%v): %w", p, evidence.ErrFormat)
			debug.FreeOSMemory()
		}
	}()
	return reading.Read(raw, c.MediaType, c.Claims)
}

// uncoded makes codings of texts that have none under the codebook in force.
func (w *worker) uncoded(after int64) ([]made, int64, error) {
	waiting, err := w.a.cat.Uncoded(w.ctx, after, workBatch)
	if err != nil || len(waiting) == 0 {
		return nil, after, err
	}
	at := w.a.now()
	list := make([]made, len(waiting))
	err = parallel(len(waiting), w.a.o.Workers, func(i int) error {
		u := waiting[i]
		b, err := w.a.get(w.ctx, u.Text)
		if err != nil {
			return fmt.Errorf("text %s: %w", u.Text, err)
		}
		x, refused := w.code(at, u.Capture, u.Text, string(b), coding.Input{Title: u.Title, Outlet: u.Outlet, Language: u.Language, Published: u.Published})
		list[i] = made{text: u.ID, capture: u.Capture, acts: []*act{x}, refused: refused, step: "code"}
		return nil
	})
	if err == nil {
		err = w.told.before(w.ctx, w.a.cat, list)
	}
	return list, waiting[len(waiting)-1].ID, err
}

// code makes a coding. A statement, figure or origin whose quote is not in the text at
// its place is refused, whatever the coder says.
func (w *worker) code(at time.Time, capture, h evidence.Hash, text string, in coding.Input) (*act, []string) {
	in.Text = text
	r, broke := codeSafely(w.book, in)
	c := evidence.Coding{V: 1, Kind: evidence.KindCoding, Capture: capture, Text: h, Codebook: w.yaml, Language: r.Language, Gate: r.Gate, Coder: coder, At: at}
	var refused []string
	if broke != "" {
		refused = append(refused, broke)
	}
	seen := map[string]bool{}
	for _, s := range r.Statements {
		if !anchored(text, s.Quote, s.Start, s.End) {
			refused = append(refused, fmt.Sprintf("statement %s at %d-%d: its quote does not stand there", s.Code, s.Start, s.End))
			continue
		}
		s.ID = evidence.StatementID(h, s.Code, s.Start, s.End)
		if !seen[s.ID] {
			seen[s.ID] = true
			c.Statements = append(c.Statements, s)
		}
	}
	if r.Gate == evidence.GateBlocked { // numbers and voices of what speaks of something else only clutter the case
		r.Figures, r.Origins = nil, nil
	}
	for _, f := range r.Figures {
		if anchored(text, f.Quote, f.Start, f.End) {
			c.Figures = append(c.Figures, f)
		} else {
			refused = append(refused, fmt.Sprintf("figure at %d-%d: its quote does not stand there", f.Start, f.End))
		}
	}
	for _, o := range r.Origins {
		if anchored(text, o.Quote, o.Start, o.End) {
			c.Origins = append(c.Origins, o)
		} else {
			refused = append(refused, fmt.Sprintf("origin at %d-%d: its quote does not stand there", o.Start, o.End))
		}
	}
	return &act{kind: evidence.KindCoding, who: "m:" + coder, at: at, record: c}, refused
}

// codeSafely takes a panic of the coder for a text that it cannot code: the text is left for
// a person to read, and the rest of the case goes on.
func codeSafely(book *coding.Codebook, in coding.Input) (r coding.Result, broke string) {
	defer func() {
		if p := recover(); p != nil {
			r, broke = coding.Result{Language: in.Language, Gate: evidence.GateReview}, fmt.Sprintf("the coder broke on it (%v); read it yourself", p)
		}
	}()
	return book.Code(in), ""
}

// anchored reports whether text holds quote exactly at [start,end).
func anchored(text, quote string, start, end int) bool {
	return 0 <= start && start < end && end <= len(text) && text[start:end] == quote
}
