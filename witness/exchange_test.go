package witness_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"svidok/evidence"
	"svidok/proof"
	"svidok/witness"
)

// asking is a log that asks a witness over HTTP.
func asking(s *setting, l *log, size, old int64) witness.Asking {
	server := witness.Handler(s.Witness)
	return witness.Asking{Witness: s.cosigner.Key(), Log: l.key, Checkpoint: l.signed(size), Old: old, Prove: l.prove,
		Within: proof.Bounds{NotBefore: s.clock.now().Add(-time.Hour), NotAfter: s.clock.now().Add(time.Minute)},
		Post: func(ctx context.Context, body []byte) (int, []byte, error) {
			rw := httptest.NewRecorder()
			server.ServeHTTP(rw, httptest.NewRequestWithContext(ctx, http.MethodPost, "/"+witness.AddPath, bytes.NewReader(body)))
			return rw.Code, rw.Body.Bytes(), nil
		}}
}

func TestALogAsksAWitness(t *testing.T) {
	l := newLog(t).grow(30)
	w := newWitness(t, (&folder{}).store(), witness.Log{Origin: origin, Key: l.key})
	for _, step := range []struct{ size, old int64 }{
		{10, 0}, {20, 10}, {20, 20},
		{25, 0},  // we forgot what it knows
		{30, 28}, // the answer to 28 was lost, and never given
		{30, 99}, // nonsense of ours
	} {
		got, err := witness.Ask(t.Context(), asking(w, l, step.size, step.old))
		if err != nil {
			t.Fatalf("%+v: %v", step, err)
		}
		by, err := proof.VerifyCosignatures(got.Note, []*proof.CosignatureKey{w.cosigner.Key()}, proof.Bounds{})
		if err != nil || len(by) != 1 || by[0] != got.Cosigned || got.Cosigned.Name != "svidok.witness/w" {
			t.Fatalf("%+v: %+v, %v", step, got, err)
		}
		if c, err := proof.OpenCheckpoint(got.Note, l.key); err != nil || c.Size != step.size {
			t.Fatalf("%+v, %v", c, err)
		}
	}
}

// A case that was put back to an earlier state, and one that went on from there, are told.
func TestARollbackIsCaught(t *testing.T) {
	l := newLog(t).grow(30)
	w := newWitness(t, &witness.Memory{}, witness.Log{Origin: origin, Key: l.key})
	if _, err := witness.Ask(t.Context(), asking(w, l, 30, 0)); err != nil {
		t.Fatal(err)
	}
	for name, rolled := range map[string]*log{"put back": l.fork(20), "another end": l.fork(20, "another\n").grow(9), "and grown": l.fork(20, "another\n").grow(20)} {
		size := rolled.size()
		got, err := witness.Ask(t.Context(), asking(w, rolled, size, 10))
		if !errors.Is(err, witness.ErrForked) || !errors.Is(err, evidence.ErrTampered) || got.Note != nil {
			t.Fatalf("%s: %+v, %v", name, got, err)
		}
		if size < 30 && (got.Known != 30 || evidence.HintOf(err) == "") {
			t.Fatalf("%s: %+v, %v", name, got, err)
		}
		// What the witness shows of us settles it.
		seen, err := w.Latest(t.Context(), witness.OriginHash(origin))
		if err != nil {
			t.Fatal(err)
		}
		c, err := witness.Compare(rolled.signed(size), seen, l.key, func(from, to int64) ([]evidence.Hash, error) { return rolled.prove(t.Context(), from, to) })
		want := map[string]witness.Relation{"put back": witness.Behind, "another end": witness.Forked, "and grown": witness.Forked}[name]
		if err != nil || c.Relation != want || c.Shown != (want == witness.Forked) {
			t.Fatalf("%s: %+v, %v", name, c, err)
		}
	}
}

func TestWitnessesThatDoNotAnswerWell(t *testing.T) {
	l := newLog(t).grow(30)
	w := newWitness(t, &witness.Memory{}, witness.Log{Origin: origin, Key: l.key})
	at := w.clock.now()
	line := func(c *proof.Cosigner, size int64, at time.Time) string {
		b, err := c.Cosign(l.head(size).Text(), at)
		if err != nil {
			t.Fatal(err)
		}
		return string(b)
	}
	impostor, good := cosigner(t, "svidok.witness/w", 8), line(w.cosigner, 20, at)
	broken := errors.New("broken line")
	for name, c := range map[string]struct {
		status int
		body   string
		err    error
		want   error
	}{
		"another key":                         {200, line(impostor, 20, at), nil, evidence.ErrTampered},
		"another checkpoint":                  {200, line(w.cosigner, 21, at), nil, evidence.ErrTampered},
		"good and bad":                        {200, good + line(w.cosigner, 21, at), nil, evidence.ErrTampered},
		"of long ago":                         {200, line(w.cosigner, 20, at.Add(-2*time.Hour)), nil, evidence.ErrRefused},
		"of tomorrow":                         {200, line(w.cosigner, 20, at.Add(24*time.Hour)), nil, evidence.ErrRefused},
		"nothing":                             {200, "", nil, evidence.ErrFormat},
		"a page":                              {200, "<html>", nil, evidence.ErrFormat},
		"a note":                              {200, "x\n\n" + good, nil, evidence.ErrFormat},
		"no size":                             {409, "many\n", nil, evidence.ErrFormat},
		"a size without end":                  {409, "12", nil, evidence.ErrFormat},
		"a long size":                         {409, strings.Repeat("1", 100) + "\n", nil, evidence.ErrFormat},
		"a negative size":                     {409, "-1\n", nil, evidence.ErrFormat},
		"more than we have":                   {409, "21\n", nil, witness.ErrForked},
		"always another":                      {409, "7\n", nil, evidence.ErrBusy},
		"unknown log":                         {404, "", nil, witness.ErrUnknownLog},
		"unsigned":                            {403, "", nil, witness.ErrUnsigned},
		"forked":                              {422, "", nil, witness.ErrForked},
		"malformed":                           {400, "", nil, evidence.ErrFormat},
		"too large":                           {413, "", nil, evidence.ErrLimit},
		"too many":                            {429, "", nil, evidence.ErrBusy},
		"broken":                              {500, strings.Repeat("\x1b[2J", 1000), nil, evidence.ErrBusy},
		"moved":                               {301, "", nil, evidence.ErrBusy},
		"no answer":                           {0, "", broken, broken},
		"good, after a forgery of a stranger": {200, "— stranger.example AAAAAAAA\n" + good, nil, nil},
	} {
		a := asking(w, l, 20, 0)
		a.Post = func(context.Context, []byte) (int, []byte, error) { return c.status, []byte(c.body), c.err }
		got, err := witness.Ask(t.Context(), a)
		if !errors.Is(err, c.want) || (err == nil) != (got.Note != nil) {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
		if err != nil && (strings.Contains(err.Error(), "\x1b") || len(err.Error()) > 2000) {
			t.Errorf("%s: the witness speaks through us: %q", name, err)
		}
		if err == nil && bytes.Contains(got.Note, []byte("stranger")) {
			t.Errorf("%s: %q", name, got.Note)
		}
	}
	a := asking(w, l, 20, 5)
	a.Prove = func(context.Context, int64, int64) ([]evidence.Hash, error) { return nil, broken }
	if _, err := witness.Ask(t.Context(), a); !errors.Is(err, broken) {
		t.Errorf("no proof: %v", err)
	}
	a.Checkpoint = a.Checkpoint[:20]
	if _, err := witness.Ask(t.Context(), a); err == nil {
		t.Error("no checkpoint")
	}
}

func TestStatusesOfTheSpecification(t *testing.T) {
	l := newLog(t).grow(20)
	stranger := &log{t: t}
	stranger.signer, stranger.key = pair(t, origin, 2)
	stranger.add(l.leaves...)
	f := &folder{}
	w := newWitness(t, f.store(), witness.Log{Origin: origin, Key: l.key})
	h := witness.Handler(w.Witness)
	ask := func(method, path string, body []byte) *httptest.ResponseRecorder {
		rw := httptest.NewRecorder()
		h.ServeHTTP(rw, httptest.NewRequestWithContext(t.Context(), method, path, bytes.NewReader(body)))
		return rw
	}
	latest := "/" + witness.CheckpointPath(origin)
	unknown := []byte(strings.ReplaceAll(string(l.submission(0, 5)), origin, "svidok.case/other"))
	for _, c := range []struct {
		name, method, path string
		body               []byte
		status             int
		mediaType, want    string
	}{
		{"nothing yet", "GET", latest, nil, 404, "", ""},
		{"first", "POST", "/add-checkpoint", l.submission(0, 10), 200, "text/plain; charset=utf-8", "— svidok.witness/w "},
		{"conflict", "POST", "/add-checkpoint", l.submission(0, 20), 409, "text/x.tlog.size", "10\n"},
		{"does not fit", "POST", "/add-checkpoint", witness.Submission(10, nil, l.signed(20)), 422, "", ""},
		{"unsigned", "POST", "/add-checkpoint", stranger.submission(10, 20), 403, "", ""},
		{"unknown log", "POST", "/add-checkpoint", unknown, 404, "", ""},
		{"malformed", "POST", "/add-checkpoint", []byte("old\n"), 400, "", ""},
		{"too large", "POST", "/add-checkpoint", make([]byte, 1<<20), 413, "", ""},
		{"another method", "PUT", "/add-checkpoint", nil, 405, "", ""},
		{"read, not written", "GET", "/add-checkpoint", nil, 405, "", ""},
		{"elsewhere", "GET", "/", nil, 404, "", ""},
		{"a stranger's checkpoint", "GET", "/" + witness.CheckpointPath("x"), nil, 404, "", ""},
		{"latest", "GET", latest, nil, 200, "text/plain; charset=utf-8", origin + "\n10\n"},
	} {
		rw := ask(c.method, c.path, c.body)
		if rw.Code != c.status || c.mediaType != "" && rw.Header().Get("Content-Type") != c.mediaType || !strings.HasPrefix(rw.Body.String(), c.want) {
			t.Errorf("%s: %d %q %q", c.name, rw.Code, rw.Header(), rw.Body)
		}
	}
	f.broken = func(string) (bool, bool) { return false, true }
	rw := ask("POST", "/add-checkpoint", l.submission(10, 20))
	if rw.Code != 500 || strings.Contains(rw.Body.String(), io.ErrClosedPipe.Error()) || strings.Contains(rw.Body.String(), "—") {
		t.Errorf("a store that breaks: %d %q", rw.Code, rw.Body)
	}
	f.broken = nil
	name := "state/" + witness.OriginHash(origin)
	whole := f.files[name]
	for _, bad := range [][]byte{{}, []byte("x"), make([]byte, 1<<20), whole[:len(whole)-20], l.signed(5)} {
		f.files[name] = bad
		for _, rw := range []*httptest.ResponseRecorder{ask("POST", "/add-checkpoint", l.submission(10, 20)), ask("GET", latest, nil)} {
			if rw.Code != 500 || rw.Body.String() != "the memory of the witness fails\n" {
				t.Errorf("a memory of %.20q: %d %q", bad, rw.Code, rw.Body)
			}
		}
	}
	f.files[name] = whole
	if len(w.failures) != 11 || !errors.Is(w.failures[0], io.ErrClosedPipe) || !errors.Is(w.failures[10], evidence.ErrTampered) {
		t.Errorf("whoever keeps the witness is told %d failures: %v", len(w.failures), w.failures)
	}
	if rw := ask("POST", "/add-checkpoint", l.submission(10, 20)); rw.Code != 409 || rw.Body.String() != "20\n" {
		t.Errorf("after it was stored, and not answered: %d %q", rw.Code, rw.Body)
	}
	w.clock.pass(-time.Hour)
	if rw := ask("POST", "/add-checkpoint", l.submission(20, 20)); rw.Code != 503 || len(w.failures) != 12 {
		t.Errorf("a clock that is behind: %d %q", rw.Code, rw.Body)
	}
}

func TestTooManyRequests(t *testing.T) {
	l := newLog(t).grow(3)
	w := newWitness(t, &witness.Memory{}, witness.Log{Origin: origin, Key: l.key})
	h := witness.Handler(w.Witness)
	refused := func(n int) (many int) {
		for range n {
			rw := httptest.NewRecorder()
			h.ServeHTTP(rw, httptest.NewRequestWithContext(t.Context(), "GET", "/x/checkpoint", nil))
			if rw.Code == http.StatusTooManyRequests {
				many++
				if rw.Header().Get("Retry-After") == "" {
					t.Fatal("nobody says when to come back")
				}
			}
		}
		return many
	}
	if n := refused(300); n != 100 {
		t.Fatalf("%d of 300 at once were refused", n)
	}
	w.clock.pass(5 * time.Second)
	if n := refused(101); n != 1 {
		t.Fatalf("%d of 101 after five seconds were refused", n)
	}
	w.clock.pass(-time.Hour)
	if n := refused(1); n != 1 {
		t.Fatal("a clock that goes back fills the bucket")
	}
}

func TestCompare(t *testing.T) {
	l := newLog(t).grow(20)
	liar := l.fork(8, "another\n").grow(20)
	_, stranger := pair(t, origin, 2)
	nothing, err := proof.Sign(proof.Checkpoint{Origin: origin, Root: evidence.Hash{1}}, l.signer)
	if err != nil {
		t.Fatal(err)
	}
	failing := func(from, to int64) ([]evidence.Hash, error) { return nil, evidence.ErrNotFound }
	of := func(x *log) func(from, to int64) ([]evidence.Hash, error) {
		return func(from, to int64) ([]evidence.Hash, error) { return x.prove(t.Context(), from, to) }
	}
	for _, c := range []struct {
		name       string
		held, seen []byte
		prove      func(from, to int64) ([]evidence.Hash, error)
		want       witness.Relation
		shown      bool
		err        error
	}{
		{"same", l.signed(9), l.signed(9), nil, witness.Same, true, nil},
		{"forked at one size", l.signed(9), liar.signed(9), nil, witness.Forked, true, nil},
		{"the same before the lie", l.signed(8), liar.signed(8), nil, witness.Same, true, nil},
		{"ahead", l.signed(20), l.signed(9), of(l), witness.Ahead, true, nil},
		{"ahead, of a lie", l.signed(20), liar.signed(9), of(l), witness.Forked, true, nil},
		{"ahead of nothing", l.signed(20), l.signed(0), nil, witness.Ahead, true, nil},
		{"ahead, unproven", l.signed(20), l.signed(9), nil, "", false, evidence.ErrNotFound},
		{"ahead, no proof to be had", l.signed(20), l.signed(9), failing, "", false, evidence.ErrNotFound},
		{"behind", l.signed(9), l.signed(20), nil, witness.Behind, false, nil},
		{"behind, no proof to be had", l.signed(9), l.signed(20), failing, witness.Behind, false, nil},
		{"behind, proven by who has it", l.signed(9), l.signed(20), of(l), witness.Behind, true, nil},
		{"behind a lie", l.signed(9), liar.signed(20), of(liar), witness.Forked, true, nil},
		{"ahead of another nothing", l.signed(20), nothing, nil, witness.Forked, true, nil},
		{"another nothing behind", nothing, l.signed(20), nil, witness.Forked, true, nil},
		{"nothing behind", l.signed(0), l.signed(20), nil, witness.Behind, true, nil},
	} {
		got, err := witness.Compare(c.held, c.seen, l.key, c.prove)
		if !errors.Is(err, c.err) || got.Relation != c.want || got.Shown != c.shown {
			t.Errorf("%s: %+v, %v", c.name, got, err)
		}
		if _, err := witness.Compare(c.held, c.seen, stranger, c.prove); !errors.Is(err, evidence.ErrTampered) {
			t.Errorf("%s, under another key: %v", c.name, err)
		}
		if _, err := witness.Compare(c.held, c.seen[:len(c.seen)-9], l.key, c.prove); err == nil {
			t.Errorf("%s, cut short", c.name)
		}
	}
}

func FuzzAnswer(f *testing.F) {
	f.Add(200, []byte("— w AAAAAAAA\n"))
	f.Add(409, []byte("12\n"))
	f.Add(422, []byte("no"))
	f.Fuzz(func(t *testing.T, status int, body []byte) {
		lines, known, err := witness.Answer(status, body)
		_, conflict := errors.AsType[*witness.Conflict](err)
		if (err == nil) != (len(lines) > 0) || err == nil && status != 200 || conflict != (status == 409 && err != nil && !errors.Is(err, evidence.ErrFormat)) || known < 0 || known > 0 && !conflict {
			t.Fatalf("%d %q: %q, %d, %v", status, body, lines, known, err)
		}
	})
}
